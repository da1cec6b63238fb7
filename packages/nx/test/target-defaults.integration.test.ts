import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { IN_ONE_PROCESS, makeWorkspace, nxJson, type Workspace } from './workspace';

let workspace: Workspace;

beforeAll(() => {
  workspace = makeWorkspace(IN_ONE_PROCESS);
});
beforeEach(() => void workspace.calls());
afterAll(() => workspace.remove());

function withDefaults(targetDefaults: object): void {
  workspace.write('nx.json', { ...nxJson({}), targetDefaults });
}

it('builds and tests where targetDefaults give build and test other dependencies, as many workspaces have it', async () => {
  withDefaults({ build: { dependsOn: ['^build'] }, test: { dependsOn: ['build'] } });
  await workspace.nx('run k8s:test');
  const calls = workspace.calls();
  expect(calls).toContain('build base --with-parents');
  expect(calls).toContain('build k8s --with-parents');
  expect(calls).toContain('test k8s --with-parents');
});

it('builds and tests where targetDefaults say what build and test run', async () => {
  withDefaults({
    build: { command: 'echo other' },
    test: {
      executor: 'nx:run-commands',
      cache: true,
      inputs: ['default'],
      options: { command: 'echo other' },
    },
    'build-*': { command: 'echo other' },
  });
  const { exitCode, output } = await workspace.nx('run base:test');
  expect(exitCode, output).toBe(0);
  expect(workspace.calls()).toEqual([
    'build base --platform linux/amd64',
    'test base --platform linux/amd64',
  ]);
  await workspace.nx('run base:build --check');
  expect(workspace.calls()).toEqual(['build base --check']);
});

it.each([
  ['build', { build: { cache: true, dependsOn: ['^build'], inputs: ['default', '^default'] } }, 'cache'],
  ['test', { test: { cache: true, inputs: ['default'] } }, 'cache'],
  ['build-amd64', { 'build-*': { inputs: ['default'] } }, 'inputs'],
  ['build-amd64', { 'nx:run-commands': { outputs: [] } }, 'outputs'],
])(
  'fails %s with what to write where %j could take it from the cache',
  async (target, targetDefaults, key) => {
    withDefaults(targetDefaults);
    const { exitCode, output } = await workspace.nx(`run base:${target}`);
    expect(exitCode).toBe(1);
    expect(output).toContain(`"targetDefaults" in nx.json replaces ${key} of the target "${target}"`);
    expect(output).toContain('"!tag:type:image", "!tag:type:tool"');
    expect(workspace.calls().join()).not.toContain('--with-parents');
  },
);

it('works as without them if they exclude images and tools, or keep what is inferred', async () => {
  const projects = ['!tag:type:image', '!tag:type:tool'];
  withDefaults({
    build: [{ cache: true, dependsOn: ['^build'], inputs: ['default'], filter: { projects } }],
    'build-amd64': { inputs: ['...', '{workspaceRoot}/package.json'] },
  });
  const { exitCode, output } = await workspace.nx('run k8s:build');
  expect(exitCode, output).toBe(0);
  expect(workspace.calls()).toEqual(
    ['base', 'helm', 'k8s', 'kubectl'].map((name) => `build ${name} --platform linux/amd64`),
  );
});
