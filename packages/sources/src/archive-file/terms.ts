import type { Member } from './member';

/**
 * Names of licence and notice files in archives: LICENSE, LICENCE.txt, COPYING.LESSER, NOTICE, COPYRIGHT …
 */
const TERMS = /^(?:LICEN[CS]ES?|NOTICES?|COPYING|COPYRIGHT|UNLICENSE|PATENTS)(?:[.\-_].*)?$/i;

/** A licence or notice file, and its path without the archive's top folder. */
export interface Terms {
  readonly member: Member;
  readonly path: string;
}

/** Returns the licence and notice files of an archive. */
export function termsOf(members: readonly Member[]): Terms[] {
  const top = commonFolder(members);
  return members
    .filter(({ path, type }) => type === 'file' && TERMS.test(path.slice(path.lastIndexOf('/') + 1)))
    .map((member) => ({ member, path: member.path.slice(top.length) }));
}

/** Returns the archive's top folder, if all entries are in one, with its "/"; else the empty text. */
export function commonFolder(members: readonly Member[]): string {
  const paths = members.filter(({ type }) => type !== 'directory').map(({ path }) => path);
  const top = `${paths[0]?.split('/')[0] ?? ''}/`;
  return paths.every((path) => path.startsWith(top)) ? top : '';
}
