import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import {
  judgeCommand,
  judgeListing,
  judgeSize,
  junitXml,
  reportTable,
  type CheckOutcome,
  type TestReport,
} from '../src';
import { INPUT, listing, planned, ran, reportOf, runCheck, withTool } from './checks-fixtures';

const input = withTool('yq', '4.53.6', runCheck(['yq', '--version'], { stdout: 'v{version}$' }));
const REPORT = reportOf(
  judgeCommand(planned(input, 'always/user'), ran({ stdout: '1000\n', seconds: 0.018 })),
  judgeSize(INPUT),
  judgeCommand(planned(input, 'tool/yq/1/image'), ran({ stdout: 'yq v4.53.6\n', seconds: 12.3 })),
  judgeCommand(
    planned(input, 'tool/yq/1/arbitrary'),
    ran({ exitCode: 1, stderr: 'yq: "<config>" & more\n' }),
  ),
  ...judgeListing(input, listing('0777 root:root /a/')),
);

describe('reportTable', () => {
  it('has a line for each check and one that sums up', () => {
    expect(`\n${reportTable(REPORT).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      group    check                                        as            time
      always   runs as its own user, which is not root      image       0.02 s  ok
               compressed size: 123.4 MB (no budget)                            ok
               setuid and setgid files are Debian's own o…                      ok
               world-writable folders have the sticky bit                       FAILED
               no caches, package lists, downloads or tem…                      ok
      tool yq  yq --version                                 image      12.30 s  ok
               yq --version                                 arbitrary   0.25 s  FAILED
      app linux/amd64: 7 checks, 2 FAILED, 1.50 s (buildah)
      "
    `);
  });

  it('reports that all passed, and that the network was not cut off', () => {
    const report = { ...reportOf(judgeSize(INPUT)), isolated: false };
    expect(reportTable(report).at(-1)).toBe(
      'app linux/amd64: 1 check, all passed, 1.50 s (buildah, network not cut off)',
    );
  });

  it('fits a terminal of 80 columns', () => {
    for (const line of reportTable(REPORT)) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('cuts long commands and escapes control characters', () => {
    const title = `sh -c '\u001b[2J${'x'.repeat(200)}'`;
    const [, line = ''] = reportTable(reportOf({ ...judgeSize(INPUT), title }));
    expect(line).not.toContain('\u001b');
    expect(line.length).toBeLessThanOrEqual(80);
  });
});

/** Reads XML with an independent parser, Python's expat. */
const READER = `
import json, sys, xml.etree.ElementTree as tree
def plain(node):
    return {'name': node.tag, 'attributes': node.attrib, 'text': node.text, 'children': [plain(child) for child in node]}
print(json.dumps(plain(tree.fromstring(sys.stdin.buffer.read()))))
`;

interface Node {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly text: string | null;
  readonly children: readonly Node[];
}

function parsed(report: TestReport): Node {
  const read = spawnSync('python3', ['-c', READER], { input: junitXml(report), encoding: 'utf8' });
  if (read.status !== 0) throw new Error(`${read.stderr}\n${junitXml(report)}`);
  return JSON.parse(read.stdout) as Node;
}

function all(node: Node, name: string): Node[] {
  return [...(node.name === name ? [node] : []), ...node.children.flatMap((child) => all(child, name))];
}

const python = spawnSync('python3', ['--version']).status === 0;

describe('junitXml', () => {
  it('has a suite for each group', () => {
    expect(junitXml(reportOf(...REPORT.checks.slice(0, 4)))).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="app linux/amd64" tests="4" failures="1" errors="0" skipped="0" time="1.500">
      <testsuite name="app linux/amd64: always" tests="2" failures="0" errors="0" skipped="0" time="0.018">
      <properties>
      <property name="manifest" value="sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"/>
      <property name="engine" value="buildah"/>
      <property name="isolated" value="true"/>
      </properties>
      <testcase name="runs as its own user, which is not root (as the image's user)" classname="app.linux-amd64.always" time="0.018"/>
      <testcase name="compressed size: 123.4 MB (no budget)" classname="app.linux-amd64.always" time="0.000"/>
      </testsuite>
      <testsuite name="app linux/amd64: tool yq" tests="2" failures="1" errors="0" skipped="0" time="12.550">
      <properties>
      <property name="manifest" value="sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"/>
      <property name="engine" value="buildah"/>
      <property name="isolated" value="true"/>
      </properties>
      <testcase name="yq --version (as the image's user)" classname="app.linux-amd64.tool yq" time="12.300"/>
      <testcase name="yq --version (as an arbitrary user)" classname="app.linux-amd64.tool yq" time="0.250">
      <failure message="tool yq: \`yq --version\` ended with exit code 1, not 0 (as uid 31337, home read-only)" type="check-failed">command:  yq --version
      expected: exit code 0, a line that matches v4.53.6$, within 60 s
      actual:   exit code 1, no line at all
      | stderr: yq: "&lt;config&gt;" &amp; more</failure>
      </testcase>
      </testsuite>
      </testsuites>
      "
    `);
  });

  it('is read by an XML parser, with every count right', ({ skip }) => {
    if (!python) skip('no python3 to parse XML with');
    const root = parsed(REPORT);
    expect(root.attributes).toMatchObject({ tests: '7', failures: '2', errors: '0' });
    const suites = all(root, 'testsuite').map(({ attributes }) => [
      attributes['tests'],
      attributes['failures'],
    ]);
    expect(suites).toEqual([
      ['5', '1'],
      ['2', '1'],
    ]);
    expect(all(root, 'testcase')).toHaveLength(7);
    expect(all(root, 'failure').map(({ text }) => text)[0]).toContain('| /a (0777, root:root)');
  });

  it('holds any text: markup, control characters, broken surrogates', ({ skip }) => {
    if (!python) skip('no python3 to parse XML with');
    const evil = '<a href="x">&amp;\u0000\u0008\u001b[31m\ud800 \ufffe ]]> \u{1f600}\r\n\té\'';
    const outcome: CheckOutcome = {
      id: evil,
      group: evil,
      title: evil,
      passed: false,
      command: evil,
      message: evil,
      hint: evil,
      output: [evil],
    };
    const root = parsed(reportOf(outcome));
    const clean = '<a href="x">&amp;[31m  ]]> \u{1f600}\r\n\té\'';
    expect(all(root, 'testcase')[0]?.attributes['name']).toBe(clean);
    expect(all(root, 'failure')[0]?.text).toContain(`| ${clean}`);
  });
});
