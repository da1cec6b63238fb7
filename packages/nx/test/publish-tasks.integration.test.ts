import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IN_ONE_PROCESS, makeWorkspace, type Workspace } from './workspace';

let workspace: Workspace;

beforeAll(async () => {
  workspace = makeWorkspace(IN_ONE_PROCESS);
  workspace.write('images/docs/image.json', { description: 'A sibling', from: { image: 'base' } });
  for (const args of ['init -q', 'add .', 'commit -q -m start']) await workspace.git(args);
});
afterAll(() => workspace.remove());

/** Returns the calls of `image-tooling` during a run of nx, and how they ended. */
async function run(args: string): Promise<{ exitCode: number; calls: string[]; output: string }> {
  const { exitCode, output } = await workspace.nx(args);
  return { exitCode, calls: workspace.calls(), output };
}

async function publishes(args: string): Promise<string[]> {
  const { exitCode, calls, output } = await run(args);
  expect(exitCode, output).toBe(0);
  return calls.filter((call) => call.startsWith('publish'));
}

const AFFECTED = 'affected -t publish --base=HEAD';

describe('publishing, run one after the other in one workspace', () => {
  it('publishes nothing where nothing changed', async () => {
    expect(await publishes(AFFECTED)).toEqual([]);
  });

  it('publishes the images that a changed tool reaches and nothing else: no parent, no sibling', async () => {
    workspace.write('tools/kubectl/tool.json', { description: 'Kubernetes', version: '1.1.0' });
    const { calls } = await run(AFFECTED);
    expect(calls.filter((call) => !call.startsWith('build'))).toEqual([
      'publish k8s',
      'publish k8s-aws',
      ...['k8s', 'k8s-aws'].flatMap((name) => [
        `test ${name} --platform linux/amd64`,
        `test ${name} --platform linux/arm64`,
      ]),
    ]);
  });

  it('publishes each time, since only the registry knows what is missing', async () => {
    const { calls } = await run(AFFECTED);
    expect(calls).toEqual(['publish k8s', 'publish k8s-aws']);
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
    const { exitCode, calls } = await run(AFFECTED);
    expect(exitCode).not.toBe(0);
    expect(calls).toContain('test k8s --platform linux/arm64');
    expect(calls).not.toContain('publish k8s');
  });
});
