import { join } from 'node:path';

/** Returns the folder of the user's settings, as the script does: basics.sh. */
export function configFolder(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_CONFIG_HOME'] || join(env['HOME'] ?? '', '.config'), 'toolbox');
}

/** Returns the folder of aliases, unless one is given. */
export function aliasFolder(env: NodeJS.ProcessEnv): string {
  return join(env['HOME'] ?? '', '.local/bin');
}
