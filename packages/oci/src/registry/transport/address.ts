import type { Context } from '../context';
import { repositoryBase } from './base';

/**
 * Returns the URL of a path below a repository: `manifests/latest` is
 * `https://registry.example/v2/team/name/manifests/latest`.
 */
export function addressOf({ name, options }: Context, rest: string): URL {
  return new URL(rest, repositoryBase(name, options.plainHttp).url);
}
