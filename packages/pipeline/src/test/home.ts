import { chainOf, type Image, type InheritedConfig } from '@image-tooling/model';

/**
 * Returns HOME of the image's user in a container: from the config, else the user's home folder in the
 * definitions, else `/`, as container runtimes do for a user that is not in the passwd file.
 */
export function homeOf(image: Image, { env, user = '' }: InheritedConfig): string {
  const set = env['HOME'] ?? '';
  if (set !== '') return set;
  const [name = ''] = user.split(':');
  const users = chainOf(image).flatMap(({ definition }) => definition.users);
  return users.find((one) => one.name === name || String(one.uid) === name)?.home ?? '/';
}
