import { compilePattern } from '../definitions';
import type { CommandOutcome, PlannedCommand } from './types';

/** A text in which a line is looked for. */
export interface Search {
  /** Ready for `compilePattern`. */
  readonly pattern: string;
  readonly text: string;
}

/** `too-slow`: the search was given up, so nobody knows. */
export type SearchResult = 'found' | 'missing' | 'too-slow';

export type SearchIn = (search: Search) => SearchResult;

/** Searches here and now, for as long as it takes: for patterns that are known to be fast. */
export function searchNow({ pattern, text }: Search): SearchResult {
  return compilePattern(pattern).test(text) ? 'found' : 'missing';
}

/** Everything that judging a command will search for. */
export function searchesOf({ expect }: PlannedCommand, result: CommandOutcome): Search[] {
  if (result.timedOut) return [];
  return [
    ...expect.stdout.map(({ pattern }) => ({ pattern, text: result.stdout })),
    ...expect.stderr.map(({ pattern }) => ({ pattern, text: result.stderr })),
  ];
}
