import { bytesText } from '../../bytes-text';
import { secondsText } from '../../checks/words';
import { counted } from '../../counted';
import type { BlobRow, PublishReport } from '../types';

/** How blobs got to the registry, most important first. */
export const HOW: readonly BlobRow['how'][] = ['pushed', 'mounted', 'present'];

export function blobsOf({ blobs }: PublishReport, how: BlobRow['how']): BlobRow[] {
  return blobs.filter((blob) => blob.how === how);
}

export function sizeOf(blobs: readonly BlobRow[]): number {
  return blobs.reduce((sum, { size }) => sum + size, 0);
}

/** "3 blobs pushed (40 MB), 8 mounted (160 MB), 2 present (1.0 kB)" */
export function blobWords(report: PublishReport): string {
  if (report.unchanged) return 'nothing to do, everything is there';
  const parts = HOW.flatMap((how) => {
    const blobs = blobsOf(report, how);
    return blobs.length === 0 ? [] : [`${blobs.length} ${how} (${bytesText(sizeOf(blobs))})`];
  });
  if (parts.length === 0) return 'no blob to push';
  return `${report.dryRun ? 'blobs would be' : 'blobs'}: ${parts.join(', ')}`;
}

/** "45 requests, 40 MB sent, 12.30 s" */
export function effortWords({ requests, sentBytes, seconds }: PublishReport): string {
  return `${counted(requests, 'request')}, ${bytesText(sentBytes)} sent, ${secondsText(seconds)}`;
}

/** "3 blobs, 40 MB" */
export function readBackWords({ readBack: { blobs, bytes } }: PublishReport): string {
  return `${counted(blobs, 'blob')}, ${bytesText(bytes)}`;
}
