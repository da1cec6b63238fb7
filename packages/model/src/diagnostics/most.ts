import { counted } from '../counted';
import type { Failure } from '../failure';

/** Mistakes that are shown for one file. */
export const MOST_SHOWN = 50;

/** Mistakes whose text is made only when they are shown. */
export interface Mistakes {
  readonly count: number;
  describe(): readonly Failure[];
}

/** Returns up to `MOST_SHOWN` failures of a file, and one with the number of the others. */
export function shownOf(file: string, mistakes: readonly Mistakes[]): Failure[] {
  const shown: Failure[] = [];
  let described = 0;
  for (const each of mistakes) {
    if (shown.length >= MOST_SHOWN) break;
    shown.push(...each.describe());
    described += each.count;
  }
  const total = mistakes.reduce((sum, { count }) => sum + count, 0);
  return withMore(file, shown, total - described);
}

/** Limits failures of many files as `shownOf` does; keeps all failures without a place. */
export function shownByFile(failures: readonly Failure[]): Failure[] {
  const counts = new Map<string, number>();
  const shown = failures.filter(({ place }) => {
    const count = (counts.get(place?.file ?? '') ?? 0) + 1;
    counts.set(place?.file ?? '', count);
    return place === undefined || count <= MOST_SHOWN + 1;
  });
  const surplus = [...counts].filter(([file, count]) => file !== '' && count > MOST_SHOWN + 1);
  return [...shown, ...surplus.map(([file, count]) => more(file, count - MOST_SHOWN - 1))];
}

function withMore(file: string, shown: readonly Failure[], left: number): Failure[] {
  const surplus = Math.max(0, shown.length - MOST_SHOWN) + left;
  return surplus > 0 ? [...shown.slice(0, MOST_SHOWN), more(file, surplus)] : [...shown];
}

function more(file: string, count: number): Failure {
  return {
    code: 'schema',
    message: `${file} has ${counted(count, 'more mistake')} that ${count === 1 ? 'is' : 'are'} not shown.`,
    hint: 'Fix those that are shown, and look again.',
    place: { file },
  };
}
