import { all, failWith, ok, type Result } from '@image-tooling/model';
import { parseRepository, repositoryText, type RepositoryName } from '@image-tooling/oci';
import { imageOf } from '../build/recorded';
import { repositoryOf } from '../image-repository';
import type { Session } from '../session';
import { loadWorkspace } from '../workspace/load';
import type { RegistryAccess } from '../registry-access';
import { stagingOf } from '../staging-repository';

/** A repository that a command is about. */
export interface RegistryTarget {
  readonly repository: RepositoryName;
  /** As given: the name of an image, or the full repository. For suggested commands. */
  readonly asked: string;
  readonly access: RegistryAccess;
}

/** Opens the workspace; only called if an image is named. */
export type OpenSession = () => Promise<Result<Session>>;

const REGISTRY_USE = { verb: 'ask for', notForTools: 'it is published in the images that have it' };

/**
 * Returns the repository for a name: of an image of the workspace, or a full `registry.example/team/name`,
 * which needs no workspace. Fails with `usage` and `unknown-reference`.
 */
export async function targetOf(
  asked: string,
  access: RegistryAccess,
  session: OpenSession,
): Promise<Result<RegistryTarget>> {
  if (asked.includes('/')) {
    const repository = parseRepository(asked);
    return repository.ok ? ok({ repository: repository.value, asked, access }) : repository;
  }
  const opened = await session();
  if (!opened.ok) return opened;
  const image = await imageOf(opened.value, asked, REGISTRY_USE);
  return image.ok ? targetOfImage(asked, access, opened.value) : image;
}

/**
 * Returns targets as `targetOf` does, or those of all images of the workspace and its staging repository if no name is
 * given. Fails with every mistake.
 */
export async function targetsOf(
  asked: readonly string[],
  access: RegistryAccess,
  session: OpenSession,
): Promise<Result<RegistryTarget[]>> {
  let opened: ReturnType<OpenSession> | undefined;
  const once: OpenSession = () => (opened ??= session());
  if (asked.length > 0) return all(await Promise.all(asked.map((one) => targetOf(one, access, once))));
  const workspaceSession = await once();
  if (!workspaceSession.ok) return workspaceSession;
  const { root, options } = workspaceSession.value;
  const workspace = await loadWorkspace(root, options);
  if (!workspace.ok) return workspace;
  const names = [...workspace.value.images.keys()].sort();
  const images = all(names.map((name) => targetOfImage(name, access, workspaceSession.value)));
  const staging = stagingTarget(access, workspaceSession.value);
  if (!images.ok || !staging.ok)
    return failWith([images, staging].flatMap((found) => (found.ok ? [] : found.failures)));
  return ok([...images.value, ...staging.value]);
}

function stagingTarget(access: RegistryAccess, session: Session): Result<RegistryTarget[]> {
  const staging = stagingOf(session);
  if (!staging.ok) return staging;
  const { value: repository } = staging;
  return ok(
    repository
      ? [{ repository, asked: repositoryText(repository), access: withPlainHttp(access, session) }]
      : [],
  );
}

function targetOfImage(name: string, access: RegistryAccess, session: Session): Result<RegistryTarget> {
  const repository = repositoryOf(session, name);
  if (!repository.ok) return repository;
  return ok({ repository: repository.value, asked: name, access: withPlainHttp(access, session) });
}

function withPlainHttp(access: RegistryAccess, { options }: Session): RegistryAccess {
  return { ...access, plainHttp: access.plainHttp || options.plainHttp };
}
