import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IN_ONE_PROCESS, makeWorkspace, nxJson, type Workspace } from './workspace';

let workspace: Workspace;

beforeAll(() => {
  workspace = makeWorkspace(IN_ONE_PROCESS);
});
afterAll(() => workspace.remove());

/** Returns the calls of `image-tooling` during a run of nx. */
async function callsOf(args: string, env?: Record<string, string>): Promise<string[]> {
  const { exitCode, output } = await workspace.nx(args, env);
  expect(exitCode, output).toBe(0);
  return workspace.calls();
}

function builds(...names: string[]): string[] {
  return names.map((name) => `build ${name} --platform linux/amd64`).sort();
}

const BUILD = 'run k8s-aws:build-amd64';

describe('tasks, run one after the other in one workspace', () => {
  it('builds an image with all that it is based on', async () => {
    expect(await callsOf(BUILD)).toEqual(builds('base', 'helm', 'kubectl', 'k8s', 'k8s-aws'));
  });

  it('does nothing without a change, or for a change of a README', async () => {
    workspace.write('images/base/README.md', '# Base');
    expect(await callsOf(BUILD)).toEqual([]);
  });

  it('stops at an image whose layers are the same', async () => {
    workspace.write('images/base/image.json', {
      description: 'Another label',
      from: { debian: 'trixie' },
      packages: ['git'],
    });
    expect(await callsOf(BUILD)).toEqual(builds('base'));
  });

  it('goes on below an image whose layers changed, and leaves tools alone', async () => {
    workspace.write('images/base/image.json', { from: { debian: 'trixie' }, packages: ['git', 'curl'] });
    expect(await callsOf(BUILD)).toEqual(builds('base', 'k8s', 'k8s-aws'));
  });

  it('restacks the images that have a bumped tool', async () => {
    workspace.write('tools/kubectl/tool.json', { description: 'Kubernetes', version: '1.1.0' });
    expect(await callsOf(BUILD)).toEqual(builds('kubectl', 'k8s', 'k8s-aws'));
  });

  it('stops at a tool whose layer is the same', async () => {
    workspace.write('tools/kubectl/tool.json', { description: 'Another', version: '1.1.0' });
    expect(await callsOf(BUILD)).toEqual(builds('kubectl'));
  });

  it('builds the tools again where their source is overridden, but no unaffected image', async () => {
    expect(await callsOf(BUILD, { IMAGE_TOOL_SOURCE: 'release' })).toEqual(builds('helm', 'kubectl'));
  });

  it('builds everything again with another implementation', async () => {
    workspace.write('implementation.txt', 'two');
    expect(await callsOf(BUILD)).toEqual(builds('base', 'helm', 'kubectl', 'k8s', 'k8s-aws'));
  });

  it('builds everything again with another policy, which Nx hashes with the whole of nx.json', async () => {
    workspace.write('nx.json', nxJson({ compression: 'gzip' }));
    expect(await callsOf(BUILD)).toEqual(builds('base', 'helm', 'kubectl', 'k8s', 'k8s-aws'));
    workspace.write('nx.json', nxJson({ compression: 'zstd' }));
  });

  it('brings outputs back', async () => {
    workspace.write('implementation.txt', 'one');
    expect(await callsOf(BUILD)).toEqual([]);
  });

  it('builds all platforms, those from the cache that are there', async () => {
    const arm64 = ['base', 'helm', 'kubectl', 'k8s'].map((name) => `build ${name} --platform linux/arm64`);
    expect(await callsOf('run k8s:build-all')).toEqual(arm64.sort());
  });

  it('hands every flag of load through', async () => {
    const calls = await callsOf('run k8s:load --to=oci:DIR --compression=gzip --platform=linux/arm64');
    expect(calls.filter((call) => call.startsWith('load'))).toEqual([
      'load k8s --to=oci:DIR --compression=gzip --platform=linux/arm64',
    ]);
  });

  it('locks an image alone, each time, or with all images based on it', async () => {
    expect(await callsOf('run k8s-aws:lock')).toEqual(['lock k8s-aws']);
    expect(await callsOf('run k8s-aws:lock')).toEqual(['lock k8s-aws']);
    expect(await callsOf('run base:lock --family')).toEqual(['lock base --family']);
  });

  it('selects what a change reaches', async () => {
    await workspace.git('init -q');
    await workspace.git('add .');
    await workspace.git('commit -q -m start');
    const affected = async (): Promise<string[]> =>
      (await workspace.nx('show projects --affected --base=HEAD')).output.trim().split('\n').sort();
    workspace.write('images/base/README.md', '# Another');
    expect(await affected()).toEqual(['']);
    workspace.write('tools/kubectl/tool.json', { version: '2.0.0' });
    expect(await affected()).toEqual(['k8s', 'k8s-aws', 'kubectl']);
  });
});
