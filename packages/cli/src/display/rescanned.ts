import { counted } from '@image-tooling/model';
import type { Rescanned } from '@image-tooling/pipeline';

/** Returns the last lines of a re-scan: what changed, how each image is now, and what was not looked at. */
export function rescannedLines({ images, lines, unpublished, withoutDatabase }: Rescanned): string[] {
  return [
    '',
    ...lines,
    ...(withoutDatabase.length > 0
      ? [`Not scanned, since scan.json says "database": "none": ${withoutDatabase.join(', ')}`]
      : []),
    ...(unpublished.length > 0 ? [`Not published: ${unpublished.join(', ')}`] : []),
    ...(images.length > 0 ? [attachedLine(images)] : []),
  ];
}

function attachedLine(images: Rescanned['images']): string {
  const count = (state: string): number => images.filter(({ attached }) => attached === state).length;
  const states = [
    [count('written'), 'attached'],
    [count('unchanged'), 'as before'],
    [count('dry-run'), 'not attached: --dry-run'],
    [count('failed'), 'could not be attached'],
  ] as const;
  const words = states.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return `${counted(images.length, 'result')}: ${words.join(', ')}. Secrets, setuid files, licences and sizes are not scanned again.`;
}
