import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IN_ONE_PROCESS, makeWorkspace, type Workspace } from './workspace';

let workspace: Workspace;

beforeAll(() => {
  workspace = makeWorkspace(IN_ONE_PROCESS);
  workspace.write('images/base/project.json', {
    targets: {
      'build-by-hand': { executor: '@image-tooling/nx:build', options: { platform: 'linux/amd64' } },
      'load-by-hand': { executor: '@image-tooling/nx:load', options: { to: 'docker' } },
      'test-by-hand': {
        executor: '@image-tooling/nx:test',
        options: { platform: 'linux/amd64' },
        dependsOn: ['build-by-hand'],
      },
      'lock-by-hand': { executor: '@image-tooling/nx:lock' },
      'publish-by-hand': {
        executor: '@image-tooling/nx:publish',
        options: { branch: 'topic', dryRun: true, allowDirty: false },
      },
    },
  });
  workspace.write('images/empty/image.json', '');
  workspace.write('images/empty/project.json', {
    targets: {
      'build-by-hand': { executor: '@image-tooling/nx:build', options: { platform: 'linux/amd64' } },
    },
  });
});
afterAll(() => workspace.remove());

describe('executors, for a project.json written by hand', () => {
  it('run the command, each with its options', async () => {
    const targets = ['build', 'test', 'load', 'lock', 'publish'].map((name) => `${name}-by-hand`);
    const { exitCode, output } = await workspace.nx(`run-many -p base -t ${targets.join()}`);
    expect(exitCode, output).toBe(0);
    expect(workspace.calls()).toEqual([
      'build base --platform linux/amd64',
      'load base --to docker',
      'lock base',
      'publish base --branch topic --dry-run',
      'test base --platform linux/amd64',
    ]);
  });

  it('prefers flags to options', async () => {
    await workspace.nx('run base:load-by-hand --to=oci:DIR --compression=gzip');
    expect(workspace.calls()).toEqual(['load base --to oci:DIR --compression gzip']);
  });

  it('takes flags of publish as they are written on a command line', async () => {
    await workspace.nx('run base:publish-by-hand --release=1.2.3 --allow-dirty --dry-run=false');
    expect(workspace.calls()).toEqual(['publish base --branch topic --allow-dirty --release 1.2.3']);
  });

  it('fails with the command', async () => {
    const { exitCode, output } = await workspace.nx('run empty:build-by-hand');
    expect(exitCode).not.toBe(0);
    expect(output).toContain('Unexpected end of JSON input');
  });
});
