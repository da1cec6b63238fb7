/** Programs of the host that a step needs, each with the Debian package that has it. */
const NEEDED = {
  buildah: 'buildah',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  mount: 'mount',
  tar: 'tar',
  find: 'findutils',
  perl: 'perl-base',
};
/** Programs that map the subordinate ids of an ordinary user. */
const NEEDED_BY_USERS = { newuidmap: 'uidmap', newgidmap: 'uidmap' };

/** Returns the programs that running steps with buildah needs, each with the Debian package that has it. */
export function neededPrograms({ isRoot }: { readonly isRoot: boolean }): Readonly<Record<string, string>> {
  return isRoot ? NEEDED : { ...NEEDED, ...NEEDED_BY_USERS };
}
