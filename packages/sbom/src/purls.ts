import type * as Purls from './document/purl';

/** Returns what writes package URLs. Loaded late: its library takes 10 ms, which each command would pay. */
export function loadPurls(): Promise<typeof Purls> {
  return import('./document/purl');
}
