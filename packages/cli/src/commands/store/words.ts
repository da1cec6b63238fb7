import { counted } from '@image-tooling/model';
import type { FreedKind, KindUsage } from '@image-tooling/pipeline';

/** Labels for the kinds of data in a store. */
export const KIND_WORDS: Readonly<Record<FreedKind | KindUsage['kind'], string>> = {
  layer: 'layers',
  image: 'manifests and configs',
  deb: 'Debian packages',
  other: 'other downloads',
  records: 'records',
  engine: "engines' unpacked layers",
  go: "Go's caches",
  rest: 'locks, temporary files',
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Returns a time span in words: "3 days ago". */
export function ago(ms: number, now: number = Date.now()): string {
  const passed = now - ms;
  if (passed < HOUR) return 'within the hour';
  const [count, unit]: [number, string] =
    passed < DAY ? [Math.floor(passed / HOUR), 'hour'] : [Math.floor(passed / DAY), 'day'];
  return `${counted(count, unit)} ago`;
}
