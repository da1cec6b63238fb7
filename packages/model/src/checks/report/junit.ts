import type { CheckOutcome, TestReport } from '../types';
import { detailLines } from './failures';
import { byGroup, failedOf, secondsOf } from './groups';
import { element, textElement } from './xml';

const WHO = { image: "the image's user", arbitrary: 'an arbitrary user', root: 'root' } as const;

/**
 * Returns a report as JUnit XML, as CI systems read it (the schema of Apache Ant's junitreport task and of
 * Maven Surefire): one `testsuite` a group, one `testcase` a check. Times are in seconds.
 */
export function junitXml(report: TestReport): string {
  const { image, platform, checks, seconds } = report;
  const suites = [...byGroup(checks)].map(([group, members]) => suite(group, members, report));
  const all = { name: `${image} ${platform}`, ...counts(checks), time: seconds.toFixed(3) };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', all, suites)}\n`;
}

function suite(group: string, checks: readonly CheckOutcome[], report: TestReport): string {
  const time = secondsOf(checks).toFixed(3);
  const name = `${report.image} ${report.platform}: ${group}`;
  return element('testsuite', { name, ...counts(checks), time }, [
    properties(report),
    ...checks.map((check) => testcase(check, report)),
  ]);
}

function counts(checks: readonly CheckOutcome[]) {
  return { tests: checks.length, failures: failedOf(checks).length, errors: 0, skipped: 0 };
}

function properties({ manifest, engine, isolated }: TestReport): string {
  const values = { manifest, engine, isolated: String(isolated) };
  const written = Object.entries(values).map(([name, value]) => element('property', { name, value }));
  return element('properties', {}, written);
}

function testcase(check: CheckOutcome, { image, platform }: TestReport): string {
  const { title, as, group, seconds = 0, passed } = check;
  const attributes = {
    name: as === undefined ? title : `${title} (as ${WHO[as]})`,
    classname: `${image}.${platform.replace('/', '-')}.${group}`,
    time: seconds.toFixed(3),
  };
  return element('testcase', attributes, passed ? [] : [failure(check)]);
}

function failure(check: CheckOutcome): string {
  const { message = check.title, hint } = check;
  const lines = [...detailLines(check), ...(hint === undefined ? [] : [`help: ${hint}`])];
  return textElement('failure', { message, type: 'check-failed' }, lines.join('\n'));
}
