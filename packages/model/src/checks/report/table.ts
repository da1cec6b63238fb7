import { aligned, GAP } from '../../columns';
import { visible } from '../../diagnostics/visible';
import type { CheckOutcome, TestReport } from '../types';
import { counted } from '../../counted';
import { secondsText } from '../words';
import { byGroup, failedOf } from './groups';
import { cutText } from '../../cut-text';

const HEAD = ['group', 'check', 'as', 'time', ''];
const TIME_COLUMN = 3;
const TITLE_COLUMN = 1;
/** Columns of a terminal. */
const WIDEST_TABLE = 80;
/** Shorter titles are unreadable: the table is wider instead. */
const SHORTEST_TITLE = 24;

/** Returns a report as a text table: one line for each check, and a summary line. */
export function reportTable(report: TestReport): string[] {
  const rows = [...byGroup(report.checks)].flatMap(([group, checks]) =>
    checks.map((check, index) => row(check, index === 0 ? group : '')),
  );
  return [...aligned(fitted([HEAD, ...rows]), [TIME_COLUMN]), summary(report)];
}

function row({ title, as, seconds, passed }: CheckOutcome, group: string): string[] {
  const time = seconds === undefined ? '' : secondsText(seconds);
  return [visible(group), visible(title), as ?? '', time, passed ? 'ok' : 'FAILED'];
}

/** Cuts titles, so that the rows fit a terminal. */
function fitted(rows: readonly string[][]): string[][] {
  const others = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0))).filter(
    (_, column) => column !== TITLE_COLUMN,
  );
  const room = others.reduce((left, width) => left - width - GAP, WIDEST_TABLE);
  const widest = Math.max(SHORTEST_TITLE, room);
  return rows.map((cells) =>
    cells.map((cell, column) => (column === TITLE_COLUMN ? cut(cell, widest) : cell)),
  );
}

function cut(title: string, widest: number): string {
  return title.length > widest ? cutText(title, widest - 1) : title;
}

function summary({ image, platform, engine, isolated, seconds, checks }: TestReport): string {
  const failed = failedOf(checks).length;
  const result = failed === 0 ? 'all passed' : `${failed} FAILED`;
  const network = isolated ? '' : ', network not cut off';
  return `${image} ${platform}: ${counted(checks.length, 'check')}, ${result}, ${secondsText(seconds)} (${engine}${network})`;
}
