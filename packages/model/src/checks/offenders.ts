import { ALWAYS_GROUP } from './always';
import type { CheckOutcome } from './types';
import { counted } from '../counted';

/** Files of a failure that are shown; the rest are counted. */
const MOST_SHOWN = 20;

/** A kind of file that an image must not have, in words. */
export interface Offence {
  readonly id: string;
  readonly title: string;
  /** One such file, and what is wrong with it: completes "2 …s, …". */
  readonly noun: string;
  readonly problem: string;
  readonly hint: string;
}

/** Returns the outcome of a search for forbidden files: passed if none was found. */
export function judgeOffenders(image: string, offence: Offence, found: readonly string[]): CheckOutcome {
  const { id, title, noun, problem, hint } = offence;
  const actual = counted(found.length, noun);
  const outcome = { id, group: ALWAYS_GROUP, title, expected: `no ${noun} ${problem}` };
  if (found.length === 0) return { ...outcome, passed: true, actual: 'none' };
  return {
    ...outcome,
    passed: false,
    actual,
    message: `${image} has ${actual} ${problem}: ${found[0]}${more(found.length - 1)}`,
    hint,
    output: [...found.slice(0, MOST_SHOWN), more(found.length - MOST_SHOWN).trim()].filter(Boolean),
  };
}

function more(count: number): string {
  return count > 0 ? ` and ${count} more` : '';
}
