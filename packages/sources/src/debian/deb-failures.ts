import { counted, firstNames, type Failure, type FailureCode } from '@image-tooling/model';
import { summaryOf } from '../download';
import { encodedPath } from './address';
import { withMirrorHint } from './mirror-hint';
import type { LockedDeb } from './package';

/** A .deb that could not be fetched, and why. */
export interface FailedDeb {
  readonly deb: LockedDeb;
  readonly failure: Failure;
}

/** The most packages in a message, and the most lines about servers. */
const MOST_NAMES = 3;
const MOST_LINES = 8;

/** The codes of failed downloads, except those that are about this machine. */
const DOWNLOAD: ReadonlySet<FailureCode> = new Set([
  'gone',
  'checksum',
  'truncated',
  'too-large',
  'timeout',
  'network',
  'http-status',
]);

/** Returns one failure for all packages of an archive that failed in the same way, however many they are. */
export function failuresOf(failed: readonly FailedDeb[]): Failure[] {
  const groups = new Map<string, FailedDeb[]>();
  for (const one of failed) {
    const key = `${one.failure.code} ${one.deb.archive}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap(failuresOfGroup);
}

/** Failures that are not about one package (`aborted`, `disk-full`, an unknown archive) are reported once. */
function failuresOfGroup(group: readonly FailedDeb[]): Failure[] {
  const [first] = group;
  if (first === undefined) return [];
  const { failure, deb } = first;
  if (!DOWNLOAD.has(failure.code)) return [failure];
  const message = `${namesOf(group)} can't be downloaded: ${reasonOf(failure.code, deb.archive, group.length)}.`;
  return [withMirrorHint({ ...failure, message, details: linesOf(group) }, deb.archive, hintOf(failure))];
}

function namesOf(group: readonly FailedDeb[]): string {
  const [first] = group;
  if (first !== undefined && group.length === 1)
    return `${first.deb.name} ${first.deb.version} (${first.deb.architecture})`;
  const names = group.map(({ deb }) => deb.name);
  return `${counted(group.length, 'package')} (${firstNames(names, MOST_NAMES)})`;
}

function reasonOf(code: FailureCode, archive: string, count: number): string {
  if (code !== 'gone') return summaryOf(code);
  return `no mirror of the archive "${archive}" has ${count === 1 ? 'this version' : 'these versions'}`;
}

function hintOf({ code, hint }: Failure): string | undefined {
  return code === 'gone' ? 'Run the lock target again to move to the current versions.' : hint;
}

/** A server that failed in the same way for several packages gets one line, without paths of packages. */
function linesOf(group: readonly FailedDeb[]): string[] {
  const lines = new Map<string, string[]>();
  for (const { deb, failure } of group)
    for (const line of failure.details ?? []) {
      const place = line.replace(`/${encodedPath(deb.path)}`, '');
      lines.set(place, [...(lines.get(place) ?? []), line]);
    }
  const all = [...lines].map(([place, [line, ...others]]) => (others.length === 0 && line ? line : place));
  const more = all.length - MOST_LINES;
  return more > 0 ? [...all.slice(0, MOST_LINES), `and ${counted(more, 'more line')}`] : all;
}
