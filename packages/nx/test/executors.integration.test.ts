import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorkspace, type Workspace } from './workspace';

let workspace: Workspace;

beforeAll(() => {
  workspace = makeWorkspace();
  workspace.write('images/base/project.json', {
    targets: {
      'build-by-hand': { executor: '@image-tooling/nx:build', options: { platform: 'linux/amd64' } },
      'load-by-hand': { executor: '@image-tooling/nx:load', options: { to: 'docker' } },
      'test-by-hand': { executor: '@image-tooling/nx:test', options: { platform: 'linux/amd64' } },
      'lock-by-hand': { executor: '@image-tooling/nx:lock' },
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
  it.each([
    ['build-by-hand', 'build base --platform linux/amd64'],
    ['test-by-hand', 'test base --platform linux/amd64'],
    ['load-by-hand', 'load base --to docker'],
    ['lock-by-hand', 'lock base'],
  ])('%s runs the command', async (target, call) => {
    const { exitCode, output } = await workspace.nx(`run base:${target}`);
    expect(exitCode, output).toBe(0);
    expect(workspace.calls()).toEqual([call]);
  });

  it('takes flags over options', async () => {
    await workspace.nx('run base:load-by-hand --to=oci:DIR --compression=gzip');
    expect(workspace.calls()).toEqual(['load base --to oci:DIR --compression gzip']);
  });

  it('fails with the command', async () => {
    const { exitCode, output } = await workspace.nx('run empty:build-by-hand');
    expect(exitCode).not.toBe(0);
    expect(output).toContain('Unexpected end of JSON input');
  });
});
