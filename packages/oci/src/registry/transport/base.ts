import { isLocalHost } from '@image-tooling/host';
import type { RepositoryName } from '../reference';

/** Docker Hub's name in references, and the host of its registry. */
const HUB = 'docker.io';
const HUB_REGISTRY = 'registry-1.docker.io';

/** The API of a repository. */
export interface RepositoryBase {
  /** The name of the repository in the registry: `library/debian` for `docker.io/debian`. */
  readonly path: string;
  /** `https://registry.example/v2/team/name/`: addresses of the API are relative to it. */
  readonly url: URL;
}

export function isDockerHub({ registry }: Pick<RepositoryName, 'registry'>): boolean {
  return [HUB, 'index.docker.io', HUB_REGISTRY].includes(registry.toLowerCase());
}

/** Returns the base of a repository: https, but http for registries on this machine, or if it is requested. */
export function repositoryBase(name: RepositoryName, plainHttp = false): RepositoryBase {
  const hub = isDockerHub(name);
  const path = hub && !name.path.includes('/') ? `library/${name.path}` : name.path;
  const url = new URL(`https://${hub ? HUB_REGISTRY : name.registry}/v2/${path}/`);
  if (!plainHttp && !isLocalHost(url.hostname)) return { path, url };
  return { path, url: new URL(`http://${hub ? HUB_REGISTRY : name.registry}/v2/${path}/`) };
}
