import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IN_ONE_PROCESS, makeWorkspace, type Workspace } from './workspace';

let workspace: Workspace;

beforeAll(async () => {
  workspace = makeWorkspace(IN_ONE_PROCESS);
  await nx(TEST);
  workspace.calls();
});
afterAll(() => workspace.remove());

const TEST = 'run k8s-aws:test-amd64';
const REPORT = 'images/k8s-aws/dist/report/linux-amd64/report.json';
const BASE = { description: 'The system', from: { debian: 'trixie' }, packages: ['git'] };
const K8S_AWS = { description: 'and AWS', from: { image: 'k8s' }, packages: ['awscli'] };

/** Returns the calls of `image-tooling` during a run of nx, and how they ended. */
async function nx(args: string): Promise<{ exitCode: number; calls: string[]; output: string }> {
  const { exitCode, output } = await workspace.nx(args);
  return { exitCode, calls: workspace.calls(), output };
}

async function callsOf(args: string): Promise<string[]> {
  const { exitCode, calls, output } = await nx(args);
  expect(exitCode, output).toBe(0);
  return calls;
}

const tests = (...names: string[]) => names.map((name) => `test ${name} --platform linux/amd64`).sort();
const builds = (...names: string[]) => names.map((name) => `build ${name} --platform linux/amd64`).sort();

describe('tests, run one after the other in one workspace', () => {
  it('are done once for an image, and its report comes back from the cache', async () => {
    const report = readFileSync(join(workspace.root, REPORT), 'utf8');
    workspace.write(REPORT, '{ "passed": "forged" }');
    expect(await callsOf(TEST)).toEqual([]);
    expect(readFileSync(join(workspace.root, REPORT), 'utf8')).toBe(report);
  });

  it('are done again for another check of the image, and nothing is built', async () => {
    workspace.write('images/k8s-aws/image.json', { ...K8S_AWS, checks: ['two'], budget: {}, setuid: [] });
    expect(await callsOf(TEST)).toEqual(tests('k8s-aws'));
  });

  it.each([
    [
      "a tool of the image's parent",
      'tools/kubectl/tool.json',
      { description: 'Kubernetes', version: '1.0.0' },
    ],
    ["the parent's parent", 'images/base/image.json', BASE],
  ])('are done again for another check of %s, and nothing is built', async (_, file, definition) => {
    workspace.write(file, { ...definition, checks: ['two'] });
    expect(await callsOf(TEST)).toEqual(tests('k8s-aws'));
  });

  it('follow a build that gave another digest', async () => {
    workspace.write('images/k8s-aws/image.json', { ...K8S_AWS, description: 'Another' });
    expect(await callsOf(TEST)).toEqual([...builds('k8s-aws'), ...tests('k8s-aws')]);
  });

  it('build a definition with an unknown key, so that it is reported', async () => {
    workspace.write('images/k8s-aws/image.json', { ...K8S_AWS, description: 'Another', chekcs: ['x'] });
    expect((await callsOf(TEST))[0]).toBe(builds('k8s-aws')[0]);
  });

  it('that failed are done again, and leave no report of an earlier one that passed', async () => {
    workspace.write('images/k8s-aws/image.json', { ...K8S_AWS, checks: ['fail'] });
    for (const run of ['first', 'second']) {
      const { exitCode, calls } = await nx(TEST);
      expect(exitCode, run).not.toBe(0);
      expect(
        calls.filter((call) => call.startsWith('test')),
        run,
      ).toEqual(tests('k8s-aws'));
      expect(readFileSync(join(workspace.root, REPORT), 'utf8')).toContain('"passed":false');
    }
  });

  it('are those of every image with the tag of images, of this platform', async () => {
    workspace.write('images/k8s-aws/image.json', K8S_AWS);
    const { exitCode, calls, output } = await nx(
      'run-many -t test-amd64 --projects=tag:type:image --skip-nx-cache',
    );
    expect(exitCode, output).toBe(0);
    expect(calls.filter((call) => call.startsWith('test'))).toEqual(tests('base', 'k8s', 'k8s-aws'));
    expect(existsSync(join(workspace.root, 'tools/kubectl/dist/report'))).toBe(false);
  });
});
