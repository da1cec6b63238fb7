import type * as purls from './document/purl';

/** What writes package URLs. */
export type Purls = typeof purls;

/** Returns what writes package URLs. Loaded late: its library takes 10 ms, which each command would pay. */
export function loadPurls(): Promise<Purls> {
  return import('./document/purl');
}
