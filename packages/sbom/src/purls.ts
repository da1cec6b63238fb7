/** What writes package URLs. */
export type Purls = typeof import('./document/purl');

/** Returns what writes package URLs. Loaded late: its library takes 10 ms, which each command would pay. */
export function loadPurls(): Promise<Purls> {
  return import('./document/purl');
}
