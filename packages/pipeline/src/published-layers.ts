import {
  ok,
  type Failed,
  type FailureCode,
  type OriginLayer,
  type Result,
  type RunContext,
  type WorkspaceOptions,
} from '@image-tooling/model';
import {
  repositoryText,
  type RegistryTimings,
  type Repository,
  type RepositoryName,
  type Store,
} from '@image-tooling/oci';
import { registryTimings } from './http-timings';
import { repositoryOf } from './image-repository';
import { openRemote } from './registry-access';
import type { FoundLayer, LayerSupplier } from './remote-layers';

/**
 * Shorter than for a publish: without the registry, the layer is built. A registry that accepts no connection costs
 * 5 s, one that does not answer 10 s, once in a run.
 */
const TIMINGS: Partial<RegistryTimings> = {
  connectSeconds: 5,
  readAnswerSeconds: 10,
  stallSeconds: 10,
  tries: 2,
  timeoutTries: 1,
};

export interface PublishedAccess {
  readonly options: WorkspaceOptions;
  readonly env: NodeJS.ProcessEnv;
  readonly context: RunContext;
  readonly store: Store;
}

/**
 * Returns the published images of a workspace as a supplier of their layers. Opens no connection before the first call;
 * has nothing if no registry is set. After an answer that concerns the registry or a repository as a whole, it is not
 * asked again.
 */
export function publishedLayers(access: PublishedAccess): LayerSupplier {
  const published = new PublishedLayers(access);
  return {
    find: (layer, images) => published.find(layer, images),
    close: () => published.close(),
  };
}

/** Failures after which the registry is not asked for other layers. */
const OF_REGISTRY: readonly FailureCode[] = ['network', 'timeout', 'rate-limit'];
/** Failures of one blob; after all others, its repository is not asked again. */
const OF_BLOB: readonly FailureCode[] = ['gone', 'checksum', 'truncated'];

class PublishedLayers {
  private readonly repositories = new Map<string, ReturnType<typeof openRemote>>();
  private readonly unusable = new Set<string>();
  private isDown = false;

  constructor(private readonly access: PublishedAccess) {}

  async find(layer: OriginLayer, images: readonly string[]): Promise<Result<FoundLayer | undefined>> {
    const asked: string[] = [];
    for (const image of images) {
      const name = repositoryOf(this.access, image);
      if (!name.ok || this.isDown || this.unusable.has(repositoryText(name.value))) continue;
      const repository = this.open(name.value);
      const isThere = await repository.hasBlob(layer.digest);
      if (!isThere.ok) return this.without(repository, isThere);
      if (isThere.value)
        return ok({ from: repositoryText(name.value), pull: () => this.pull(repository, layer) });
      asked.push(repositoryText(name.value));
    }
    if (asked.length > 0) this.noteMissing(layer, asked);
    return ok(undefined);
  }

  async close(): Promise<void> {
    await Promise.all([...this.repositories.values()].map((repository) => repository.close()));
  }

  private open(name: RepositoryName): ReturnType<typeof openRemote> {
    const text = repositoryText(name);
    const { env, context, options } = this.access;
    const { plainHttp } = options;
    const timings = { ...TIMINGS, ...registryTimings(env) };
    const found = this.repositories.get(text) ?? openRemote(name, { env, context, plainHttp }, { timings });
    this.repositories.set(text, found);
    return found;
  }

  private async pull(repository: Repository, layer: OriginLayer): Promise<Result<void>> {
    const pulled = await repository.pullBlob(layer, this.access.store);
    return pulled.ok ? pulled : this.without(repository, pulled);
  }

  private without({ name }: Repository, failed: Failed): Failed {
    const [{ code }] = failed.failures;
    if (OF_REGISTRY.includes(code)) this.isDown = true;
    if (!OF_BLOB.includes(code)) this.unusable.add(repositoryText(name));
    return failed;
  }

  private noteMissing({ owner, kind }: OriginLayer, asked: readonly string[]): void {
    this.access.context.progress.note(`${owner}: the ${kind} layer is not in ${asked.join(', ')}`);
  }
}
