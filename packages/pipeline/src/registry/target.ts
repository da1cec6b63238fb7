import { all, ok, type Result } from '@image-tooling/model';
import { parseRepository, type RepositoryName } from '@image-tooling/oci';
import { imageOf } from '../build/recorded';
import { repositoryOf } from '../image-repository';
import type { Session } from '../session';
import { loadWorkspace } from '../workspace/load';
import type { RegistryAccess } from '../registry-access';

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
 * Returns targets as `targetOf` does, or those of all images of the workspace if no name is given. Fails with
 * every mistake.
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
  return all(names.map((name) => targetOfImage(name, access, workspaceSession.value)));
}

function targetOfImage(name: string, access: RegistryAccess, session: Session): Result<RegistryTarget> {
  const repository = repositoryOf(session, name);
  if (!repository.ok) return repository;
  const plainHttp = access.plainHttp || session.options.plainHttp;
  return ok({ repository: repository.value, asked: name, access: { ...access, plainHttp } });
}
