import { counted, spanText } from '@image-tooling/model';
import { REFUSALS, type Refusal } from '../entry/refusal';
import type { RunCounts, SourceCounts, UploadCounts } from './statistics';

/** Returns what the cache did in a run, as lines for people; none if Nx asked for nothing. */
export function summaryLines({ sources, misses, hitMs, uploads, local }: RunCounts): string[] {
  const hits = sources.reduce((sum, one) => sum + one.hits, 0);
  const sent = uploadWords(uploads);
  const isIdle = hits + misses === 0 && sent.length === 0;
  const first = [
    ...sources.filter((one) => one.hits > 0).map(hitWords),
    ...(hits > 0 ? [`read in ${(hitMs / 1000).toFixed(1)} s`] : [counted(hits, 'hit')]),
    counted(misses, 'miss', 'misses'),
    ...sent,
  ];
  return [
    ...(isIdle ? [] : [`Remote cache: ${first.join(', ')}`]),
    ...sources.flatMap((one) => problemLines(one)),
    ...(uploads.lastFault === undefined ? [] : [`Remote cache: uploads failed, last: ${uploads.lastFault}`]),
    ...local.map((one) => `Remote cache: ${one}`),
  ];
}

function hitWords({ name, hits, bytes, savedSeconds }: SourceCounts): string {
  const saved = savedSeconds > 0 ? `, which took ${spanText(savedSeconds)} where they ran` : '';
  return `${counted(hits, 'hit')} from ${name} (${megabytes(bytes)}${saved})`;
}

function uploadWords({ stored, bytes, exists, refused, failed, unfinished }: UploadCounts): string[] {
  return [
    ...(stored > 0 ? [`${stored} uploaded (${megabytes(bytes)})`] : []),
    ...(exists > 0 ? [`${exists} uploaded by others before`] : []),
    ...(refused > 0 ? ['this machine may not write'] : []),
    ...(failed + unfinished > 0 ? [`${counted(failed + unfinished, 'upload')} failed`] : []),
  ];
}

function problemLines({ name, refused, faults, lastFault, isOff }: SourceCounts): string[] {
  const refusals = Object.entries(refused) as [Refusal, number][];
  return [
    ...refusals.map(
      ([why, count]) =>
        `Remote cache: ${counted(count, 'entry', 'entries')} of ${name} refused: ${REFUSALS[why]}.`,
    ),
    ...(lastFault === undefined
      ? []
      : [`Remote cache: ${counted(faults, 'fault')}, last: ${lastFault}${isOff ? OFF : ''}`]),
  ];
}

const OFF = '. Switched off for the rest of the run: results stayed on this machine.';

function megabytes(bytes: number): string {
  return bytes < 100_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
