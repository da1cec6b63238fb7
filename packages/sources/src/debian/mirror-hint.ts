import type { Failure, FailureCode } from '@image-tooling/model';

/** The codes of failures that another mirror may avoid. */
const HELPED: readonly FailureCode[] = ['gone', 'network', 'timeout', 'http-status'];

/** Adds to the hint of a failed download how to configure another mirror, if that may help. */
export function withMirrorHint(failure: Failure, archive: string, hint = failure.hint): Failure {
  if (!HELPED.includes(failure.code)) return failure;
  return { ...failure, hint: hint === undefined ? mirrorHint(archive) : `${hint} ${mirrorHint(archive)}` };
}

/** Returns a hint about the key in nx.json for a mirror of an archive. */
export function mirrorHint(archive: string): string {
  return `To use another mirror, write in nx.json, in the options of "@image-tooling/nx": "debian": { "mirrors": { "${archive}": ["https://mirror.example/${archive}"] } }`;
}
