import { shellWord } from '../../shell-word';
import type { Failure } from '../../failure';
import { firstLines, firstNames } from '../../shortened';
import type { CommitDifference } from '../types';

const LONGEST_LIST = 10;

/** Differences from the commit, one failure for each cause, with the files and what to do. */
export function differingFailures(image: string, differing: readonly CommitDifference[]): Failure[] {
  return byCause(differing).map(([first, ...others]) => ({
    code: 'not-publishable',
    message: `${image} is not built from committed files: ${first.cause}.`,
    place: { file: first.path },
    details: firstLines(
      others.map(({ path }) => path),
      LONGEST_LIST,
    ),
    hint: first.fix.replaceAll('<path>', shellWord(first.path)),
  }));
}

/** Returns differences from the commit as warnings of a build. */
export function differingNotes(image: string, differing: readonly CommitDifference[]): string[] {
  return byCause(differing).map((group) => {
    const paths = group.map(({ path }) => path);
    return `${image} can't be published as it is: ${firstNames(paths, 1)}: ${group[0].cause}`;
  });
}

type Group = [CommitDifference, ...CommitDifference[]];

function byCause(differing: readonly CommitDifference[]): Group[] {
  const groups = new Map<string, Group>();
  for (const one of differing) {
    const group = groups.get(one.cause);
    if (group) group.push(one);
    else groups.set(one.cause, [one]);
  }
  return [...groups.values()];
}
