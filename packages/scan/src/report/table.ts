import { aligned, counted, firstNames, visible } from '@image-tooling/model';
import type { JudgedFinding } from '../finding';
import { fixCommands } from '../fix/commands';
import { isFailing } from '../gate';
import { groups, type FindingGroup } from './groups';
import type { ScanReport } from './types';
import { coverageLines, countsLine, dataLine, expiredLines, secretLines, VERDICT_WORDS } from './words';

const HEAD = ['', 'in', 'version', 'fixed in', 'from', 'findings'];

/** How many ids a row names; reports have all. */
const MOST_IDS = 2;

/** Returns a report as lines of plain text: what fails, what fixes it, how many findings have each status. */
export function scanTable(report: ScanReport): string[] {
  const { findings } = report;
  const failing = findings.filter(({ status }) => isFailing(status));
  const open = findings.filter(({ status }) => status === 'not-fixable');
  return [
    ...table(groups([...failing, ...open])),
    ...fixLines(failing),
    dataLine(report),
    ...coverageLines(report),
    ...secretLines(report),
    `${report.image} ${report.platform}: ${countsLine(report)}`,
  ];
}

function table(rows: readonly FindingGroup[]): string[] {
  if (rows.length === 0) return [];
  return [...aligned([HEAD, ...rows.map(row)]), ''];
}

function row({ status, name, version, fixedIn, owner, findings }: FindingGroup): string[] {
  const listed = firstNames(
    findings.map(({ id }) => id),
    MOST_IDS,
  );
  return [VERDICT_WORDS[status], name, version, fixedIn, owner, listed].map((cell) => visible(cell));
}

function fixLines(failing: readonly JudgedFinding[]): string[] {
  const commands = fixCommands(failing).map(
    ({ command, findings }) => `  ${command}   (${counted(findings, 'finding')})`,
  );
  const advice = [...failing.flatMap((one) => one.advice ?? []), ...expiredLines(failing)];
  const lines = [...commands, ...new Set(advice.map((text) => `  ${visible(text)}`))];
  return lines.length === 0 ? [] : ['Fix:', ...lines, ''];
}
