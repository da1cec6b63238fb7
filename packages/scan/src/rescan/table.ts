import { aligned, archOf, dayOf, firstNames, visible } from '@image-tooling/model';
import { fixCommands } from '../fix/commands';
import { higherVersion } from '../higher-version';
import { coverageLines, dataLine, expiredLines, STATUS_WORDS } from '../report/words';
import { STATUSES, type JudgedFinding } from '../finding';
import { isFailing } from '../gate';
import type { Changes } from './changes';
import type { RescanReport } from './rescan';

/** A published image on one platform, and what its re-scan found. */
export interface RescannedImage {
  /** That lead to it; `latest` last. */
  readonly tags: readonly string[];
  readonly report: RescanReport;
  /** When the result that this one was compared with was attached, in seconds since the epoch. */
  readonly since?: number | undefined;
  readonly changes: Changes;
}

/** A row: what changed in one version of a component, and the images that have it. */
interface Row {
  readonly word: string;
  readonly name: string;
  readonly version: string;
  fixedIn: string;
  readonly ids: Set<string>;
  readonly images: Set<string>;
}

const HEAD = ['', 'in', 'version', 'fixed in', 'image', 'findings'];
/** How many names a cell has. */
const MOST = 2;

/** Returns what changed since the last re-scan, what fixes it, and how each image is now, as lines of plain text. */
export function rescanTable(images: readonly RescannedImage[]): string[] {
  const rows = rowsOf(images);
  const table = rows.length === 0 ? ['Nothing changed since the last re-scan.', ''] : tableOf(rows);
  const failing = images.flatMap(({ report }) => report.findings.filter(({ status }) => isFailing(status)));
  return [
    ...table,
    ...fixLines(failing),
    ...distinct(images.map(({ report }) => dataLine(report))),
    ...distinct(images.flatMap(({ report }) => coverageLines(report))),
    ...images.map(imageLine),
  ];
}

function tableOf(rows: readonly Row[]): string[] {
  const cells = rows.map(({ word, name, version, fixedIn, images, ids }) => [
    ...[word, name, version, fixedIn],
    ...[images, ids].map((names) => firstNames([...names], MOST)),
  ]);
  return [...aligned([HEAD, ...cells.map((row) => row.map((cell) => visible(cell)))]), ''];
}

function rowsOf(images: readonly RescannedImage[]): Row[] {
  const rows = new Map<string, Row>();
  const add = (image: RescannedImage, word: string, of: Named): void => {
    const key = [word, of.component, of.version].join('\n');
    const row = rows.get(key) ?? newRow(word, of);
    rows.set(key, row);
    row.fixedIn = higherVersion(row.fixedIn, of.fixedIn);
    row.ids.add(of.id);
    row.images.add(`${image.report.image}:${image.tags[0] ?? ''}`);
  };
  for (const image of images) {
    for (const one of image.changes.newlyFailing) add(image, 'NEW', named(one));
    for (const one of image.changes.noLongerFailing) add(image, 'no longer fails', { ...one, fixedIn: '' });
  }
  return [...rows.values()];
}

interface Named {
  readonly id: string;
  readonly component: string;
  readonly version: string;
  readonly fixedIn: string;
}

function named({ id, component, place = '', fixedIn = '' }: JudgedFinding): Named {
  return { id, component: component?.name ?? place, version: component?.version ?? '', fixedIn };
}

function newRow(word: string, { component, version, fixedIn }: Named): Row {
  return { word, name: component, version, fixedIn, ids: new Set(), images: new Set() };
}

function fixLines(failing: readonly JudgedFinding[]): string[] {
  const commands = fixCommands(failing).map(({ command }) => command);
  const advice = [...failing.flatMap((one) => one.advice ?? []), ...expiredLines(failing)];
  const lines = distinct([...commands, ...advice]).map((text) => `  ${visible(text)}`);
  return lines.length === 0 ? [] : ['Fix, then publish again (a release: its next version):', ...lines, ''];
}

function imageLine({ tags, report, since, changes }: RescannedImage): string {
  const { newlyFailing, stillFailing, noLongerFailing } = changes;
  const counts = [
    [newlyFailing.length, since === undefined ? 'failing' : 'newly failing'],
    [stillFailing.length, 'still failing'],
    [noLongerFailing.length, 'no longer failing'],
    ...STATUSES.filter((status) => !isFailing(status)).map(
      (status) => [report.counts[status], STATUS_WORDS[status]] as const,
    ),
  ] as const;
  const parts = counts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  const result = newlyFailing.length + stillFailing.length > 0 ? 'FAILED' : 'passed';
  const compared = since === undefined ? 'first re-scan' : `since ${dayOf(since)}`;
  const name = `${report.image}:${firstNames(tags, MOST)} ${archOf(report.platform)}`;
  return visible(`${name}: ${result}: ${parts.length > 0 ? parts.join(', ') : 'no findings'} (${compared})`);
}

function distinct(lines: readonly string[]): string[] {
  return [...new Set(lines)];
}
