import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { UNPRIVILEGED_ID, unprivilegedWithIds } from '@image-tooling/testkit/helpers';

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
  mkdirSync(home);
  chmodSync(folder, 0o755);
  const whole = unprivilegedWithIds(join(folder, 'subordinate-ids'));
  const reasonToSkip = reasonWithout(home, whole(['newuidmap', '--help']));
  return {
    home,
    reasonToSkip,
    run: (argv, env = {}) => {
      const [file, ...args] = whole(argv);
      return execFileSync(file, args, { encoding: 'utf8', env: { ...process.env, ...env, HOME: home } });
    },
  };
}

function reasonWithout(home: string, [file, ...args]: readonly [string, ...string[]]): string | undefined {
  if (process.geteuid?.() !== 0) return 'needs root, to run as another user';
  chownSync(home, UNPRIVILEGED_ID, UNPRIVILEGED_ID);
  const { status, stderr } = spawnSync(file, args, { encoding: 'utf8' });
  return /usage/i.test(stderr) ? undefined : `can't run as another user (${status}): ${stderr}`;
}
