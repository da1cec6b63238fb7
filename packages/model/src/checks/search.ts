import { compilePattern } from '../definitions';
import type { CommandOutcome, PlannedCommand } from './types';

/** A text in which a line is looked for. */
export interface Search {
  /** Ready for `compilePattern`. */
  readonly pattern: string;
  readonly text: string;
}

/** `too-slow`: the search was stopped, so the result is unknown. */
export type SearchResult = 'found' | 'missing' | 'too-slow';

export type SearchIn = (search: Search) => SearchResult;

/** Searches synchronously, without a time limit: for patterns that are known to be fast. */
export function searchNow({ pattern, text }: Search): SearchResult {
  return compilePattern(pattern).test(text) ? 'found' : 'missing';
}

/** Returns all searches that `judgeCommand` needs. */
export function searchesOf({ expect }: PlannedCommand, result: CommandOutcome): Search[] {
  if (result.timedOut) return [];
  return [
    ...expect.stdout.map(({ pattern }) => ({ pattern, text: result.stdout })),
    ...expect.stderr.map(({ pattern }) => ({ pattern, text: result.stderr })),
  ];
}
