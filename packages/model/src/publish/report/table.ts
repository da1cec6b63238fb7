import { bytesText } from '../../bytes-text';
import { secondsText } from '../../checks/words';
import { aligned } from '../../columns';
import { visible } from '../../diagnostics/visible';
import type { BlobRow, PublishReport, TagMove } from '../types';
import { blobsOf, blobWords, effortWords, HOW, readBackWords, sizeOf } from './totals';
import { commitWords, modeWords, pullCommands, shortDigest, tagWords } from './words';

const SIZE_COLUMN = 3;
const TIME_COLUMN = 4;

/**
 * Returns a report as text lines: pushed and mounted blobs, the total of those already there; each tag with
 * its old and new digest; how to pull; a summary line.
 */
export function publishTable(report: PublishReport): string[] {
  const { image, dryRun, expires } = report;
  const lines = [
    ...headed(
      'blobs',
      aligned(
        HOW.flatMap((how) => blobRows(report, how)),
        [SIZE_COLUMN, TIME_COLUMN],
      ),
    ),
    ...headed('tags', aligned(report.tags.map((move) => tagRow(move, report)))),
    ...headed('pull', pullCommands(report)),
    ...checkedLines(report),
    signedLine(report),
    ...(expires === undefined ? [] : [`may be deleted after ${expires}`]),
    `${image}, ${modeWords(report.mode)}, ${commitWords(report)}: ${blobWords(report)}; ${effortWords(report)}`,
    ...(dryRun ? ['dry run: nothing was written'] : []),
  ];
  return lines.map(visible);
}

function headed(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}

/** Blobs that were already there get one line. */
function blobRows(report: PublishReport, how: BlobRow['how']): string[][] {
  const blobs = blobsOf(report, how);
  if (how !== 'present') return blobs.map((blob) => blobRow(blob, report));
  return blobs.length === 0 ? [] : [[how, `${blobs.length} in all`, '', bytesText(sizeOf(blobs)), '']];
}

function blobRow({ how, label, platforms, size, seconds }: BlobRow, { dryRun }: PublishReport): string[] {
  const [what, time] = dryRun ? [`would be ${how}`, ''] : [how, secondsText(seconds)];
  return [what, visible(label), platforms.join(', '), bytesText(size), time];
}

function tagRow(move: TagMove, { dryRun }: PublishReport): string[] {
  const { tag, action, from, to } = move;
  const heads = action === 'held' || action === 'same' ? [from] : [from, to];
  const path = heads.flatMap((digest) => (digest === undefined ? [] : [shortDigest(digest)]));
  return [tag, tagWords(move, dryRun), path.join(' → ')];
}

function checkedLines(report: PublishReport): string[] {
  const { readBack, checkedAgain } = report;
  return [
    ...(readBack.blobs === 0 ? [] : [`read back and hashed: ${readBackWords(report)}`]),
    ...(checkedAgain.length === 0 ? [] : [`pulled again and tested: ${checkedAgain.join(', ')}`]),
  ];
}

function signedLine({ signed, unsigned, dryRun }: PublishReport): string {
  if (!signed) return `not signed: ${unsigned ? '--unsigned' : 'nx.json has no "signing"'}`;
  const { signer, written, present } = signed;
  const wrote = dryRun ? `${written} would be written` : `${written} written`;
  return `signed by ${signer}: ${wrote}, ${present} already there`;
}
