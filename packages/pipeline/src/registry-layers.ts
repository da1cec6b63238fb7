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
import { stagingOf } from './staging-repository';
import { openRemote, registryAccess } from './registry-access';
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

export interface LayersAccess {
  readonly options: WorkspaceOptions;
  readonly env: NodeJS.ProcessEnv;
  readonly context: RunContext;
  readonly store: Store;
}

/**
 * Returns the staging repository and the published images of a workspace as suppliers of layers, in this order: staging
 * has the layers of all that CI built, in one place. They open no connection before the first call, and have nothing if
 * no registry is set. After an answer that concerns a registry or a repository as a whole, it is not asked again.
 */
export function registryLayers(access: LayersAccess): LayerSupplier[] {
  const down = new Set<string>();
  const staging = stagingOf(access);
  const staged = staging.ok && staging.value ? [staging.value] : [];
  const published = (images: readonly string[]): RepositoryName[] =>
    images.flatMap((image) => {
      const name = repositoryOf(access, image);
      return name.ok ? [name.value] : [];
    });
  return [new RegistryLayers(access, down, () => staged), new RegistryLayers(access, down, published)];
}

/** Failures after which a registry is not asked for other layers. */
const OF_REGISTRY: readonly FailureCode[] = ['network', 'timeout', 'rate-limit'];
/** Failures of one blob; after all others, its repository is not asked again. */
const OF_BLOB: readonly FailureCode[] = ['gone', 'checksum', 'truncated'];

/** Returns the repositories that may have a layer of these images, the most likely first. */
type RepositoriesOf = (images: readonly string[]) => readonly RepositoryName[];

class RegistryLayers implements LayerSupplier {
  private readonly repositories = new Map<string, ReturnType<typeof openRemote>>();
  private readonly unusable = new Set<string>();

  /** `down`: registries that failed as a whole. */
  constructor(
    private readonly access: LayersAccess,
    private readonly down: Set<string>,
    private readonly repositoriesOf: RepositoriesOf,
  ) {}

  async find(layer: OriginLayer, images: readonly string[]): Promise<Result<FoundLayer | undefined>> {
    const asked: string[] = [];
    for (const name of this.repositoriesOf(images)) {
      if (this.down.has(name.registry) || this.unusable.has(repositoryText(name))) continue;
      const repository = this.open(name);
      const isThere = await repository.hasBlob(layer.digest);
      if (!isThere.ok) return this.without(repository, isThere);
      if (isThere.value) return ok({ from: repositoryText(name), pull: () => this.pull(repository, layer) });
      asked.push(repositoryText(name));
    }
    if (asked.length > 0) this.noteMissing(layer, asked);
    return ok(undefined);
  }

  async close(): Promise<void> {
    await Promise.all([...this.repositories.values()].map((repository) => repository.close()));
  }

  private open(name: RepositoryName): ReturnType<typeof openRemote> {
    const text = repositoryText(name);
    const timings = { ...TIMINGS, ...registryTimings(this.access.env) };
    const found = this.repositories.get(text) ?? openRemote(name, registryAccess(this.access), { timings });
    this.repositories.set(text, found);
    return found;
  }

  private async pull(repository: Repository, layer: OriginLayer): Promise<Result<void>> {
    const pulled = await repository.pullBlob(layer, this.access.store);
    return pulled.ok ? pulled : this.without(repository, pulled);
  }

  private without({ name }: Repository, failed: Failed): Failed {
    const [{ code }] = failed.failures;
    if (OF_REGISTRY.includes(code)) this.down.add(name.registry);
    if (!OF_BLOB.includes(code)) this.unusable.add(repositoryText(name));
    return failed;
  }

  private noteMissing({ owner, kind }: OriginLayer, asked: readonly string[]): void {
    this.access.context.progress.note(`${owner}: the ${kind} layer is not in ${asked.join(', ')}`);
  }
}
