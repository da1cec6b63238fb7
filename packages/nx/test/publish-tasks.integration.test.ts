import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { IN_ONE_PROCESS, makeWorkspace, type Workspace } from './workspace';

let workspace: Workspace;
/** Calls of publishing what is affected: before a change of a tool, after it, and again. */
const affected: string[][] = [];

beforeAll(async () => {
  workspace = makeWorkspace(IN_ONE_PROCESS);
  workspace.write('images/docs/image.json', { description: 'A sibling', from: { image: 'base' } });
  for (const args of ['init -q', 'add .', 'commit -q -m start']) await workspace.git(args);
  affected.push(await callsOf(AFFECTED));
  workspace.write('tools/kubectl/tool.json', { description: 'Kubernetes', version: '1.1.0' });
  affected.push(await callsOf(AFFECTED), await callsOf(AFFECTED));
});
afterAll(() => workspace.remove());

/** Returns the calls of `image-tooling` during a run of nx, which succeeds. */
async function callsOf(args: string): Promise<string[]> {
  const { exitCode, output } = await workspace.nx(args);
  expect(exitCode, output).toBe(0);
  return workspace.calls();
}

async function publishes(args: string): Promise<string[]> {
  return (await callsOf(args)).filter((call) => call.startsWith('publish'));
}

const AFFECTED = 'affected -t publish --base=HEAD';

describe('publishing', () => {
  it('publishes nothing where nothing changed', () => {
    expect(affected[0]).toEqual([]);
  });

  it('publishes the images that a changed tool reaches and nothing else: no parent, no sibling', () => {
    expect(affected[1]?.filter((call) => !call.startsWith('build'))).toEqual([
      'publish k8s',
      'publish k8s-aws',
      ...['k8s', 'k8s-aws'].flatMap((name) => [
        `test ${name} --platform linux/amd64`,
        `test ${name} --platform linux/arm64`,
      ]),
    ]);
  });

  it('publishes each time, since only the registry knows what is missing', () => {
    expect(affected[2]).toEqual(['publish k8s', 'publish k8s-aws']);
  });

  it('publishes one image alone, with every flag', async () => {
    expect(
      await publishes('run k8s-aws:publish --release=1.2.3 --branch=main --dry-run --allow-dirty'),
    ).toEqual(['publish k8s-aws --release=1.2.3 --branch=main --dry-run --allow-dirty']);
  });

  it('hands flags to every image of a run', async () => {
    expect(await publishes(`${AFFECTED} --branch=topic`)).toEqual([
      'publish k8s --branch=topic',
      'publish k8s-aws --branch=topic',
    ]);
  });

  it('is asked for a release with a flag that is not --version, which Nx keeps for itself', async () => {
    expect(await publishes('run k8s:publish --version=1.2.3')).toEqual(['publish k8s']);
  });

  it('does not publish what failed a test', async () => {
    const broken = { description: 'Kubernetes', from: { image: 'base' }, checks: ['fail'] };
    workspace.write('images/k8s/image.json', broken);
    onTestFinished(() => workspace.git('checkout -q images/k8s/image.json'));
    expect((await workspace.nx(AFFECTED)).exitCode).not.toBe(0);
    const calls = workspace.calls();
    expect(calls).toContain('test k8s --platform linux/arm64');
    expect(calls).not.toContain('publish k8s');
  });
});
