import { writeFileSync } from 'node:fs';

/** Debian's user without rights (base-passwd), which every machine has. */
export const UNPRIVILEGED_ID = 65534;

type Argv = [string, ...string[]];

/** Returns the command line that runs a program as that user, in these groups only; takes root. */
export function unprivileged(argv: readonly string[], groups: readonly number[] = []): Argv {
  const ids = ['--reuid', `${UNPRIVILEGED_ID}`, '--regid', `${UNPRIVILEGED_ID}`];
  const others = groups.length > 0 ? ['--groups', groups.join(',')] : ['--clear-groups'];
  return ['setpriv', ...ids, ...others, '--', ...argv];
}

/** In mounts of its own, so that the machine's list of subordinate ids stays as it is. */
const WITH_IDS = 'ids=$1; shift; mount --bind "$ids" /etc/subuid; mount --bind "$ids" /etc/subgid; exec "$@"';

/**
 * Returns how `unprivileged` runs a program with subordinate ids (subuid(5)), as rootless containers need them. They are
 * written to `idsFile`.
 */
export function unprivilegedWithIds(
  idsFile: string,
  groups: readonly number[] = [],
): (argv: readonly string[]) => Argv {
  writeFileSync(idsFile, 'nobody:100000:65536\n');
  return (argv) => [
    ...(['unshare', '--mount', 'sh', '-ec', WITH_IDS, 'sh', idsFile] as const),
    ...unprivileged(argv, groups),
  ];
}
