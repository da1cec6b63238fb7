import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pack } from './pack';
import { ElsewhereRig } from './rig';

/** Common targetDefaults, which would replace the inputs and the caching of build and test. */
const TARGET_DEFAULTS = {
  build: { dependsOn: ['^build'], cache: true, inputs: ['production', '^production'] },
  test: { cache: true, inputs: ['default', '^production'] },
};
const OURS = ['!tag:type:image', '!tag:type:tool'];
/** Of npm itself comes npm; the others are packages. */
const MANAGERS = { npm: '', pnpm: 'pnpm@9.15.9', yarn: 'yarn@1.22.22', bun: 'bun@1.4.5' };
const NX = 'node_modules/.bin/nx';
const DIGEST = /digest (sha256:[0-9a-f]{64})/;

let rig: ElsewhereRig;
const digests = new Set<string>();

beforeAll(async () => {
  rig = await ElsewhereRig.open();
  await rig.serve(Object.values(await pack(join(rig.folder, 'packed'), '1.0.0')));
  await rig.write('managers/package.json', { private: true });
  const packages = Object.values(MANAGERS).filter((name) => name !== '');
  await rig.must(`npm install ${packages.join(' ')} create-nx-workspace@23.2.1`, 'managers');
}, 300_000);
afterAll(() => rig.close());

interface Json {
  readonly [key: string]: Json & string;
}

/** Adds image-tooling to a workspace as its users do, and builds the first image. */
async function addAndBuild(workspace: string): Promise<void> {
  const nxJson = JSON.parse(await rig.read(`${workspace}/nx.json`)) as object;
  await rig.write(`${workspace}/nx.json`, { ...nxJson, targetDefaults: TARGET_DEFAULTS });
  await rig.must(`${NX} add @image-tooling/nx`, workspace);
  await rig.must(`${NX} run base:lock --outputStyle=stream`, workspace);
  const built = await rig.must(`${NX} run base:build --outputStyle=stream`, workspace);
  digests.add(DIGEST.exec(built)?.[1] ?? built);
}

async function expectAdded(workspace: string): Promise<void> {
  const read = async (file: string) => JSON.parse(await rig.read(`${workspace}/${file}`)) as Json;
  const { devDependencies } = await read('package.json');
  expect(devDependencies).toMatchObject({ '@image-tooling/cli': '1.0.0', '@image-tooling/nx': '1.0.0' });
  const { targetDefaults } = await read('nx.json');
  for (const [target, own] of Object.entries(TARGET_DEFAULTS))
    expect(targetDefaults?.[target]).toEqual([{ filter: { projects: OURS }, ...own }]);
}

/** With targetDefaults that came after `init`, or that have no filter: an outdated image could be a hit. */
async function expectRefused(workspace: string): Promise<void> {
  const text = await rig.read(`${workspace}/nx.json`);
  const nxJson = JSON.parse(text) as object;
  await rig.write(`${workspace}/nx.json`, { ...nxJson, targetDefaults: TARGET_DEFAULTS });
  const { exitCode, output } = await rig.run(`${NX} run base:build`, workspace);
  await rig.write(`${workspace}/nx.json`, text);
  expect(exitCode).not.toBe(0);
  expect(output).toContain('"targetDefaults" in nx.json replaces cache of the target "build"');
}

async function expectNoShell(workspace: string): Promise<void> {
  const folder = '$(touch${IFS}written-by-a-shell)';
  await rig.must(`${NX} run base:load --to=oci:${folder}`, workspace);
  const files = await rig.must('ls', workspace);
  expect(files.split('\n')).toContain(folder);
  expect(files.split('\n')).not.toContain('written-by-a-shell');
}

/** What Nx records of a task in its terminal UI, in a terminal of script(1). */
async function recordedInTui(workspace: string): Promise<string> {
  const line = `stty cols 80 rows 24; exec ${NX} run base:build-amd64 --skipNxCache`;
  await rig.write(`${workspace}/tui.sh`, `#!/bin/sh\n${line}\n`);
  await rig.must('chmod +x tui.sh', workspace);
  const env = { NX_TUI: 'true', TERM: 'xterm-256color', NX_CACHE_DIRECTORY: 'of-tui', CI: '' };
  await rig.run('script --quiet --command ./tui.sh /dev/null', workspace, env);
  return rig.must('grep -r . of-tui/terminalOutputs', workspace);
}

describe('a workspace of create-nx-workspace 23.2.1', () => {
  it.each(Object.keys(MANAGERS))('with %s installs image-tooling by nx add', async (manager) => {
    const workspace = `with-${manager}`;
    const options = '--preset=apps --nxCloud=skip --skipGit --no-interactive';
    await rig.must(`create-nx-workspace ${workspace} --pm=${manager} ${options}`);
    await addAndBuild(workspace);
    await expectAdded(workspace);
  });

  it('is refused if targetDefaults decide what is cached', () => expectRefused('with-npm'));
});

describe('a workspace of Nx 24', () => {
  it('installs image-tooling by nx add', async () => {
    await rig.write('with-24/package.json', { name: 'with-24', private: true });
    await rig.write('with-24/nx.json', {
      neverConnectToCloud: true,
      analytics: false,
      namedInputs: { production: ['{projectRoot}/**/*'] },
    });
    // The newest that is published of each.
    await rig.must('npm install --save-dev nx@24.0.6 @nx/devkit@24.0.0', 'with-24');
    await addAndBuild('with-24');
    await expectAdded('with-24');
  });

  it('is refused if targetDefaults decide what is cached', () => expectRefused('with-24'));

  it('gives arguments to no shell', () => expectNoShell('with-24'));

  it('prints no line that is drawn again in Nx’s terminal UI', async () => {
    const shown = await recordedInTui('with-24');
    expect(shown).toContain('✓ bootstrap layer  from the store');
    expect(shown).not.toContain('\u001b[2K');
  });

  it('gave the same image as all others', () => {
    expect([...digests]).toEqual([expect.stringMatching(/^sha256:/)]);
  });
});
