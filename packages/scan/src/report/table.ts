import { aligned, counted, visible } from '@image-tooling/model';
import type { JudgedFinding } from '../finding';
import { fixCommands } from '../fix/commands';
import { isFailing } from '../gate';
import type { ScanReport } from './types';
import { coverageLines, countsLine, dataLine, expiredLines, VERDICT_WORDS } from './words';

const HEAD = ['', 'finding', 'in', 'version', 'fixed in', 'from'];

/** Longest list of findings that nothing fixes; reports have all. */
const MOST_ROWS = 20;

/** Returns a report as lines of plain text: what fails, what fixes it, how many findings have each status. */
export function scanTable(report: ScanReport): string[] {
  const { findings } = report;
  const failing = findings.filter(({ status }) => isFailing(status));
  const open = findings.filter(({ status }) => status === 'not-fixable');
  return [
    ...table([...failing, ...open.slice(0, MOST_ROWS)]),
    ...(open.length > MOST_ROWS ? [`and ${open.length - MOST_ROWS} more that nothing fixes now`] : []),
    ...fixLines(failing),
    dataLine(report),
    ...coverageLines(report),
    `${report.image} ${report.platform}: ${countsLine(report)}`,
  ];
}

function table(findings: readonly JudgedFinding[]): string[] {
  if (findings.length === 0) return [];
  return [...aligned([HEAD, ...findings.map(row)]), ''];
}

function row(finding: JudgedFinding): string[] {
  const { id, component, place = '', fixedIn = '', owner, kind } = finding;
  const name = kind === 'vulnerability' ? (component?.name ?? '') : (component?.name ?? place);
  return [VERDICT_WORDS[finding.status], id, name, component?.version ?? '', fixedIn, owner].map((cell) =>
    visible(cell),
  );
}

function fixLines(failing: readonly JudgedFinding[]): string[] {
  const commands = fixCommands(failing).map(
    ({ command, findings }) => `  ${command}   (${counted(findings, 'finding')})`,
  );
  const advice = [...failing.flatMap((one) => one.advice ?? []), ...expiredLines(failing)];
  const lines = [...commands, ...new Set(advice.map((text) => `  ${visible(text)}`))];
  return lines.length === 0 ? [] : ['Fix:', ...lines, ''];
}
