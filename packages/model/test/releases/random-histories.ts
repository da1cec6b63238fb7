import { imageVersion, type ImageVersion, type MergedCommit } from '../../src/releases';
import { change, madeUpHistory, UNREADABLE, type MadeUpCommit } from './histories';

const MESSAGES = [
  'feat: a',
  'fix: b',
  'feat(x)!: c',
  'docs: d',
  'Merge branch e',
  'fix: f\n\nBREAKING CHANGE: g',
];
const PATHS = ['images/x/image.json', 'tools/t/lock.json', 'README.md', 'nx.json', 'images/y/image.json'];

/** Returns a history of main: pushes and merges, reverts, invalid definitions, an image that comes later or goes. */
export function randomHistory(random: () => number): MadeUpCommit[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const commits: MadeUpCommit[] = [];
  const began = Math.floor(random() * 3);
  let content: MadeUpCommit['content'] = 'a';
  let madeOf = ['images/x', 'nx.json'];
  for (let at = 0; at < 4 + random() * 10; at++) {
    const merged: MergedCommit[] = Array.from({ length: 1 + Math.floor(random() * 3) }, () => ({
      message: pick(MESSAGES),
      paths: [pick(PATHS)],
    }));
    const touches = merged.some(({ paths }) =>
      paths.some((path) => madeOf.some((one) => path.startsWith(one))),
    );
    if (touches && random() < 0.7) content = pick(['a', 'b', 'c', 'd', UNREADABLE, undefined]);
    if (touches && random() < 0.2) madeOf = pick([madeOf, ['images/x', 'nx.json', 'tools/t']]);
    const firstVersion = at >= began ? '1.0.0' : undefined;
    const settings = at === began ? [{ message: 'chore: begin', paths: ['nx.json'] }] : [];
    commits.push({ ...change('', content, { madeOf, firstVersion }), merged: [...merged, ...settings] });
  }
  return commits;
}

/** Tags of git by version. */
export type Tags = Map<string, string>;

/** What a run at a commit knows: the history up to it, and the tags on it. */
export async function versionAt(
  commits: readonly MadeUpCommit[],
  at: number,
  tags: Tags,
): Promise<ImageVersion | undefined> {
  const line = commits.slice(0, at + 1);
  const known = [...tags].filter(([, commit]) => line.some(({ id }) => id === commit));
  const [highest] = known.sort(([a], [b]) => b.localeCompare(a, 'en', { numeric: true }));
  return imageVersion(madeUpHistory(line, highest && { version: highest[0], commit: highest[1] }));
}
