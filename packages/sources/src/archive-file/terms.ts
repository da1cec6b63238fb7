import type { Member } from './member';

/** Names by which archives carry their terms: LICENSE, LICENCE.txt, COPYING.LESSER, NOTICE, COPYRIGHT … */
const TERMS = /^(?:LICEN[CS]ES?|NOTICES?|COPYING|COPYRIGHT|UNLICENSE|PATENTS)(?:[.\-_].*)?$/i;

/** A licence or notice file, and its path without the folder that all of the archive may lie in. */
export interface Terms {
  readonly member: Member;
  readonly path: string;
}

/** The licence and notice files of an archive. */
export function termsOf(members: readonly Member[]): Terms[] {
  const top = commonFolder(members);
  return members
    .filter(({ path, type }) => type === 'file' && TERMS.test(path.slice(path.lastIndexOf('/') + 1)))
    .map((member) => ({ member, path: member.path.slice(top.length) }));
}

/** The one folder that all of an archive lies in, with its "/"; empty where there is none. */
export function commonFolder(members: readonly Member[]): string {
  const paths = members.filter(({ type }) => type !== 'directory').map(({ path }) => path);
  const top = `${paths[0]?.split('/')[0] ?? ''}/`;
  return paths.every((path) => path.startsWith(top)) ? top : '';
}
