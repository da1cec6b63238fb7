import { aligned } from '../../columns';
import { visible } from '../../diagnostics/visible';
import type { CheckOutcome, TestReport } from '../types';
import { counted } from '../../counted';
import { secondsText } from '../words';
import { byGroup, failedOf } from './groups';

const HEAD = ['group', 'check', 'as', 'time', ''];
const TIME_COLUMN = 3;
/** Longer titles are cut, so that the table fits a terminal beside its other columns. */
const WIDEST_TITLE = 72;

/** A report as a table for people, one line a check, and a line that sums it up. */
export function reportTable(report: TestReport): string[] {
  const rows = [...byGroup(report.checks)].flatMap(([group, checks]) =>
    checks.map((check, index) => row(check, index === 0 ? group : '')),
  );
  return [...aligned([HEAD, ...rows], [TIME_COLUMN]), summary(report)];
}

function row({ title, as, seconds, passed }: CheckOutcome, group: string): string[] {
  const time = seconds === undefined ? '' : secondsText(seconds);
  return [visible(group), cut(visible(title)), as ?? '', time, passed ? 'ok' : 'FAILED'];
}

function cut(title: string): string {
  return title.length > WIDEST_TITLE ? `${title.slice(0, WIDEST_TITLE - 1)}…` : title;
}

function summary({ image, platform, engine, isolated, seconds, checks }: TestReport): string {
  const failed = failedOf(checks).length;
  const result = failed === 0 ? 'all passed' : `${failed} FAILED`;
  const network = isolated ? '' : ', network not cut off';
  return `${image} ${platform}: ${counted(checks.length, 'check')}, ${result}, ${secondsText(seconds)} (${engine}${network})`;
}
