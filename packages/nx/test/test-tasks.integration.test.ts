import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Family } from './family';
import { IN_ONE_PROCESS, makeWorkspace, type Workspace } from './workspace';

let workspace: Workspace;
/** Calls of tests of all leaves after a change of each family. */
let calls: string[];
let report: string;

const FORGED = '{ "passed": "forged" }';
const CHECKED = { checks: ['two'], budget: {}, setuid: [] };
const CHANGES: Readonly<Record<string, (family: Family) => void>> = {
  same: (family) => workspace.write(reportOf(family), FORGED),
  checks: (family) => family.writeLeaf(CHECKED),
  tool: (family) => family.writeKubectl({ checks: ['two'] }),
  base: (family) => family.writeBase({ checks: ['two'] }),
  digest: (family) => family.writeLeaf({ description: 'Another' }),
  key: (family) => family.writeLeaf({ chekcs: ['x'] }),
};
let families: ReadonlyMap<string, Family>;

beforeAll(async () => {
  workspace = makeWorkspace(IN_ONE_PROCESS);
  families = new Map(Object.keys(CHANGES).map((name) => [name, new Family(workspace, name)]));
  await callsOf(testOf(...families.values()));
  report = contentOf('same');
  for (const [name, family] of families) CHANGES[name]?.(family);
  calls = await callsOf(testOf(...families.values()));
});
afterAll(() => workspace.remove());

const testOf = (...tested: readonly Family[]) =>
  `run-many -t test-amd64 -p ${tested.map(({ leaf }) => leaf).join()}`;
const reportOf = ({ leaf }: Family) => `images/${leaf}/dist/report/linux-amd64/report.json`;
const contentOf = (name: string) => readFileSync(join(workspace.root, reportOf(families.get(name)!)), 'utf8');

/** Returns the calls of `image-tooling` during a run of nx, which succeeds. */
async function callsOf(args: string): Promise<string[]> {
  const { exitCode, output } = await workspace.nx(args);
  expect(exitCode, output).toBe(0);
  return workspace.calls();
}

const tests = (...names: string[]) => names.map((name) => `test ${name} --platform linux/amd64`).sort();
const builds = (...names: string[]) => names.map((name) => `build ${name} --platform linux/amd64`).sort();
const callsIn = (name: string) => families.get(name)!.callsIn(calls);

describe('tests', () => {
  it('are done once for an image, and its report comes back from the cache', () => {
    expect(report).toContain('"passed":true');
    expect(callsIn('same')).toEqual([]);
    expect(contentOf('same')).toBe(report);
  });

  it.each([
    ['of the image', 'checks'],
    ["of a tool of the image's parent", 'tool'],
    ["of the parent's parent", 'base'],
  ])('are done again for another check %s, and nothing is built', (_what, name) => {
    expect(callsIn(name)).toEqual(tests(`${name}-k8s-aws`));
  });

  it('follow a build that gave another digest', () => {
    expect(callsIn('digest')).toEqual([...builds('digest-k8s-aws'), ...tests('digest-k8s-aws')]);
  });

  it('build a definition with an unknown key, so that it is reported', () => {
    expect(callsIn('key')).toEqual([...builds('key-k8s-aws'), ...tests('key-k8s-aws')]);
  });

  it('that failed are done again, and leave no report of an earlier one that passed', async () => {
    const failing = new Family(workspace, 'failing');
    failing.writeLeaf({ checks: ['fail'] });
    workspace.write(reportOf(failing), FORGED);
    for (const run of ['first', 'second']) {
      const { exitCode } = await workspace.nx(testOf(failing));
      expect(exitCode, run).not.toBe(0);
      const done = workspace.calls().filter((call) => call.startsWith('test'));
      expect(done, run).toEqual(tests(failing.leaf));
      expect(readFileSync(join(workspace.root, reportOf(failing)), 'utf8')).toContain('"passed":false');
    }
  });

  it('are those of every image with the tag of images, of this platform', async () => {
    const plain = makeWorkspace(IN_ONE_PROCESS);
    try {
      const { exitCode, output } = await plain.nx('run-many -t test-amd64 --projects=tag:type:image');
      expect(exitCode, output).toBe(0);
      const done = plain.calls().filter((call) => call.startsWith('test'));
      expect(done).toEqual(tests('base', 'k8s', 'k8s-aws'));
      expect(existsSync(join(plain.root, 'tools/kubectl/dist/report'))).toBe(false);
    } finally {
      plain.remove();
    }
  });
});
