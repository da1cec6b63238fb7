import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Family } from './family';
import { IN_ONE_PROCESS, makeWorkspace, nxJson, type Workspace } from './workspace';

let workspace: Workspace;
/** Calls of the first build of every leaf, and of one after a change of each family. */
let first: string[];
let second: string[];

const CHANGES: Readonly<Record<string, (family: Family) => void>> = {
  nothing: () => undefined,
  readme: (family) => workspace.write(`images/${family.of('base')}/README.md`, '# Base'),
  label: (family) => family.writeBase({ description: 'Another label' }),
  layers: (family) => family.writeBase({ packages: ['git', 'curl'] }),
  bumped: (family) => family.writeKubectl({ version: '1.1.0' }),
  words: (family) => family.writeKubectl({ description: 'Another' }),
};
let families: ReadonlyMap<string, Family>;

beforeAll(async () => {
  workspace = makeWorkspace(IN_ONE_PROCESS);
  families = new Map(Object.keys(CHANGES).map((name) => [name, new Family(workspace, name)]));
  const leaves = [...families.values()].map(({ leaf }) => leaf).join();
  first = await callsOf(`run-many -t build-amd64 -p ${leaves},k8s-aws`);
  for (const [name, family] of families) CHANGES[name]?.(family);
  second = await callsOf(`run-many -t build-amd64 -p ${leaves}`);
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
const ALL = builds('base', 'helm', 'kubectl', 'k8s', 'k8s-aws');

describe('a build', () => {
  it('of an image is one of all that it is based on', () => {
    const ofFamilies = [...families.values()].flatMap((family) => builds(...family.all()));
    expect(first).toEqual([...ofFamilies, ...ALL].sort());
  });

  it.each([
    ['does nothing without a change', 'nothing', []],
    ['does nothing for a change of a README', 'readme', []],
    ['stops at an image whose layers are the same', 'label', ['base']],
    [
      'goes on below an image whose layers changed, and leaves tools alone',
      'layers',
      ['base', 'k8s', 'k8s-aws'],
    ],
    ['restacks the images that have a bumped tool', 'bumped', ['kubectl', 'k8s', 'k8s-aws']],
    ['stops at a tool whose layer is the same', 'words', ['kubectl']],
  ] as const)('%s', (_what, name, members) => {
    const family = families.get(name)!;
    expect(family.callsIn(second)).toEqual(builds(...members.map((member) => family.of(member))));
  });

  it('makes the tools again where their source is overridden, but no unaffected image', async () => {
    expect(await callsOf(BUILD, { IMAGE_TOOL_SOURCE: 'release' })).toEqual(builds('helm', 'kubectl'));
  });

  it('makes everything again with another implementation; outputs of the first one come back', async () => {
    workspace.write('implementation.txt', 'two');
    expect(await callsOf(BUILD)).toEqual(ALL);
    workspace.write('implementation.txt', 'one');
    expect(await callsOf(BUILD)).toEqual([]);
  });

  it('makes everything again with another policy, which Nx hashes with the whole of nx.json', async () => {
    workspace.write('nx.json', nxJson({ compression: 'gzip' }));
    onTestFinished(() => workspace.write('nx.json', nxJson({ compression: 'zstd' })));
    expect(await callsOf(BUILD)).toEqual(ALL);
  });

  it('is of all platforms, with those from the cache that are there', async () => {
    const arm64 = ['base', 'helm', 'kubectl', 'k8s'].map((name) => `build ${name} --platform linux/arm64`);
    expect(await callsOf('run k8s:build-all')).toEqual(arm64.sort());
  });
});

describe('other tasks', () => {
  it('hand every flag of load through', async () => {
    const calls = await callsOf('run k8s:load --to=oci:DIR --compression=gzip --platform=linux/arm64');
    expect(calls.filter((call) => call.startsWith('load'))).toEqual([
      'load k8s --to=oci:DIR --compression=gzip --platform=linux/arm64',
    ]);
  });

  it('lock an image alone, each time, or with all images based on it', async () => {
    expect(await callsOf('run k8s-aws:lock')).toEqual(['lock k8s-aws']);
    expect(await callsOf('run k8s-aws:lock')).toEqual(['lock k8s-aws']);
    expect(await callsOf('run base:lock --family')).toEqual(['lock base --family']);
  });

  it('are selected by what a change reaches', async () => {
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
