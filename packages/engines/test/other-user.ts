import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Debian's user without rights (base-passwd), which every machine has. */
const UNPRIVILEGED_ID = 65534;

/** In mounts of its own, so that the machine's list of subordinate ids stays as it is. */
const AS_UNPRIVILEGED = `
ids=$1; shift
mount --bind "$ids" /etc/subuid && mount --bind "$ids" /etc/subgid
exec setpriv --reuid ${UNPRIVILEGED_ID} --regid ${UNPRIVILEGED_ID} --clear-groups -- "$@"
`;

/** An ordinary user with subordinate ids, in whose name a test runs programs. */
export interface OtherUser {
  /** A folder of theirs. */
  readonly home: string;
  /** Why nothing can be run in their name on this machine. */
  readonly reasonToSkip: string | undefined;
  /** Runs a program and returns its standard output. Throws where it fails. */
  run(argv: readonly string[], env?: Readonly<Record<string, string>>): string;
}

/** Makes the user's folder below `folder`. */
export function otherUser(folder: string): OtherUser {
  const home = join(folder, 'nobody');
  const ids = join(folder, 'subordinate-ids');
  mkdirSync(home);
  chmodSync(folder, 0o755);
  writeFileSync(ids, 'nobody:100000:65536\n');
  const whole = (argv: readonly string[]) => ['--mount', 'sh', '-ec', AS_UNPRIVILEGED, 'sh', ids, ...argv];
  const reasonToSkip = reasonWithout(home, whole(['newuidmap', '--help']));
  return {
    home,
    reasonToSkip,
    run: (argv, env = {}) =>
      execFileSync('unshare', whole(argv), { encoding: 'utf8', env: { ...process.env, ...env, HOME: home } }),
  };
}

function reasonWithout(home: string, probe: readonly string[]): string | undefined {
  if (process.geteuid?.() !== 0) return 'needs root, to run as another user';
  chownSync(home, UNPRIVILEGED_ID, UNPRIVILEGED_ID);
  const { status, stderr } = spawnSync('unshare', probe, { encoding: 'utf8' });
  return /usage/i.test(stderr) ? undefined : `can't run as another user (${status}): ${stderr}`;
}
