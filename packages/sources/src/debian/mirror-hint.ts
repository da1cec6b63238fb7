import type { Failure, FailureCode } from '@image-tooling/model';

/** What another mirror may help against. */
const HELPED: readonly FailureCode[] = ['gone', 'network', 'timeout', 'http-status'];

/** Adds to the hint of a failed download, where another mirror may help, how to name one. */
export function withMirrorHint(failure: Failure, archive: string, hint = failure.hint): Failure {
  if (!HELPED.includes(failure.code)) return failure;
  return { ...failure, hint: hint === undefined ? mirrorHint(archive) : `${hint} ${mirrorHint(archive)}` };
}

/** Returns what to write in nx.json to name a mirror of an archive. */
export function mirrorHint(archive: string): string {
  return `To use another mirror, write in nx.json, in the options of "@image-tooling/nx": "debian": { "mirrors": { "${archive}": ["https://mirror.example/${archive}"] } }`;
}
