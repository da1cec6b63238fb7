import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** The environment of one of the two builds; builds must not depend on it. */
export interface Surroundings {
  readonly timeZone: string;
  readonly locale: string;
  readonly umask: string;
  /** Only root can change it for one program. */
  readonly hostName?: string;
  /** In faketime's format: "+400d". */
  readonly clock?: string;
}

/** Returns two environments that differ as much as possible on this machine. */
export async function twoSurroundings(env: NodeJS.ProcessEnv): Promise<[Surroundings, Surroundings]> {
  const isRoot = process.getuid?.() === 0;
  const hasClock = await isOnPath('faketime', env);
  return [
    { timeZone: 'Pacific/Kiritimati', locale: 'C.UTF-8', umask: '022' },
    {
      timeZone: 'America/St_Johns',
      locale: 'tr_TR.UTF-8',
      umask: '077',
      ...(isRoot && (await isOnPath('unshare', env)) && { hostName: 'elsewhere' }),
      ...(hasClock && { clock: '+400d' }),
    },
  ];
}

/**
 * Describes an environment: "TZ America/St_Johns, tr_TR.UTF-8, umask 077, host name elsewhere, clock +400d".
 */
export function surroundingsText({ timeZone, locale, umask, hostName, clock }: Surroundings): string {
  return [
    `TZ ${timeZone}`,
    locale,
    `umask ${umask}`,
    ...(hostName === undefined ? [] : [`host name ${hostName}`]),
    ...(clock === undefined ? [] : [`clock ${clock}`]),
  ].join(', ');
}

/** Returns a command line that runs in an environment, without shell expansion. */
export function argvIn(
  { umask, hostName, clock }: Surroundings,
  argv: readonly string[],
): [string, ...string[]] {
  const named = hostName === undefined ? '' : `hostname ${hostName}; `;
  const before: [string, ...string[]] = hostName === undefined ? ['sh'] : ['unshare', '--uts', 'sh'];
  const withClock = clock === undefined ? argv : ['faketime', '-f', clock, ...argv];
  return [...before, '-euc', `${named}umask ${umask}; exec "$@"`, 'sh', ...withClock];
}

/** Returns the variables of a process in an environment, with a store of its own. */
export function envIn(
  { timeZone, locale }: Surroundings,
  env: NodeJS.ProcessEnv,
  store: string,
): NodeJS.ProcessEnv {
  return { ...env, IMAGE_STORE: store, TZ: timeZone, LC_ALL: locale, LANG: locale, CI: '1' };
}

async function isOnPath(program: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = await Promise.all(
    folders.map((folder) =>
      access(join(folder, program)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}
