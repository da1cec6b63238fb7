import type { RepositoryName } from '../reference';
import { isDockerHub } from '../transport/base';

/** The name of Docker Hub in docker's files and for credential helpers. */
const HUB_KEY = 'https://index.docker.io/v1/';

/** Returns the name of a registry for credential helpers. */
export function helperKey(name: RepositoryName): string {
  return isDockerHub(name) ? HUB_KEY : name.registry;
}

/**
 * Returns the keys of `auths` that match a repository, the most specific first: podman's `host/namespace`, the longest
 * first, then the host, also as a URL (`https://host/v1/`). containers-auth.json(5).
 */
export function fittingKeys(name: RepositoryName, keys: readonly string[]): string[] {
  const wanted = [...namespaced(canonical(name.registry), name.path), canonical(name.registry)];
  return wanted.flatMap((want) => keys.filter((key) => subjectOf(key) === want));
}

function namespaced(host: string, path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, index) => [host, ...parts.slice(0, parts.length - index)].join('/'));
}

/** Returns a key without parts that don't identify a registry: scheme, API version, Docker Hub's other names. */
function subjectOf(key: string): string {
  const isAddress = /^https?:\/\//.test(key);
  const bare = key.replace(/^https?:\/\//, '').replace(/\/(?:v[12]\/?)?$/, '');
  const [host = '', ...rest] = bare.split('/');
  return [canonical(host), ...(isAddress ? [] : rest)].join('/');
}

function canonical(host: string): string {
  return isDockerHub({ registry: host }) ? 'docker.io' : host.toLowerCase();
}
