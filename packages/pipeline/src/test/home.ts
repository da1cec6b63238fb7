import { chainOf, type Image, type InheritedConfig } from '@image-tooling/model';

/**
 * HOME as the image's user has it in a container: what the config sets, else the home folder of the user that the
 * definitions make, else `/`, as container runtimes do for a user that is in no passwd file.
 */
export function homeOf(image: Image, { env, user = '' }: InheritedConfig): string {
  const set = env['HOME'] ?? '';
  if (set !== '') return set;
  const [name = ''] = user.split(':');
  const users = chainOf(image).flatMap(({ definition }) => definition.users);
  return users.find((one) => one.name === name || String(one.uid) === name)?.home ?? '/';
}
