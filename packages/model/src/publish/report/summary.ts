import { bytesText } from '../../bytes-text';
import { secondsText } from '../../checks/words';
import type { BlobRow, PublishReport, TagMove } from '../types';
import { code, codeBlock, plain, table } from './markdown';
import { blobWords, effortWords, readBackWords } from './totals';
import { commitWords, modeWords, pullCommands, shortDigest, tagWords } from './words';

/**
 * Returns a report as GitHub-flavoured Markdown, for the page of a job (GITHUB_STEP_SUMMARY); ends with an
 * empty line.
 */
export function publishSummary(report: PublishReport): string {
  const { image, repository, mode, dryRun, tags, blobs, expires, readBack } = report;
  const title = `${dryRun ? 'Dry run: ' : ''}${image}, ${modeWords(mode)}`;
  return [
    `### ${plain(title)}`,
    '',
    `${code(repository)} ${plain(`${commitWords(report)}: ${blobWords(report)}; ${effortWords(report)}.`)}`,
    ...(expires === undefined ? [] : [plain(`May be deleted after ${expires}.`)]),
    ...(readBack.blobs === 0 ? [] : [plain(`Read back and hashed: ${readBackWords(report)}.`)]),
    '',
    ...table(
      ['tag', '', 'from', 'to'],
      tags.map((move) => tagCells(move, dryRun)),
    ),
    ...platformTable(report),
    ...table(['blob', 'platforms', 'size', '', 'time'], blobs.map(blobCells)),
    codeBlock(pullCommands(report)),
    '',
    '',
  ].join('\n');
}

function platformTable({ platforms, checkedAgain }: PublishReport): string[] {
  const isTested = checkedAgain.length > 0;
  return table(
    ['platform', 'manifest', ...(isTested ? ['pulled again and tested'] : [])],
    platforms.map(({ platform, manifest }) => [
      plain(platform),
      code(manifest),
      ...(isTested ? [checkedAgain.includes(platform) ? 'yes' : ''] : []),
    ]),
  );
}

function tagCells(move: TagMove, dryRun: boolean): string[] {
  const { tag, action, from, to } = move;
  return [
    code(tag),
    plain(tagWords(move, dryRun)),
    from === undefined ? '' : code(shortDigest(from)),
    action === 'held' ? '' : code(shortDigest(to)),
  ];
}

function blobCells({ label, platforms, size, how, seconds }: BlobRow): string[] {
  const time = how === 'present' ? '' : plain(secondsText(seconds));
  return [plain(label), plain(platforms.join(', ')), plain(bytesText(size)), how, time];
}
