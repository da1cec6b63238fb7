import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorkspace, nxJson, type Workspace } from './workspace';

let workspace: Workspace;

beforeAll(() => {
  workspace = makeWorkspace();
  // As in a workspace that installs image-tooling: no input for its source.
  workspace.write('nx.json', { ...nxJson({}), namedInputs: {} });
});
afterAll(() => workspace.remove());

const BUILT = ['build base --platform linux/amd64'];

interface Versions {
  readonly cli: string;
  readonly zstd?: string;
  readonly other?: string;
}

/** The lock file of a workspace with the command, what that depends on, and something else. */
function lockFile({ cli, zstd = '1.2.2', other = '1.0.0' }: Versions): object {
  const [command, compressor] = ['@image-tooling/cli', '@mongodb-js/zstd'];
  const devDependencies = { [command]: cli, 'left-pad': other };
  return {
    name: 'fixture',
    lockfileVersion: 3,
    packages: {
      '': { name: 'fixture', devDependencies },
      [`node_modules/${command}`]: { version: cli, dependencies: { [compressor]: zstd }, dev: true },
      [`node_modules/${compressor}`]: { version: zstd, dev: true },
      'node_modules/left-pad': { version: other, dev: true },
    },
  };
}

async function callsOf(versions: Versions | undefined): Promise<string[]> {
  if (versions) workspace.write('package-lock.json', lockFile(versions));
  const { exitCode, output } = await workspace.nx('run base:build-amd64');
  expect(exitCode, output).toBe(0);
  return workspace.calls();
}

describe('tasks of a workspace that installs image-tooling', () => {
  it('run if no lock file has the installed version, and are cached', async () => {
    expect(await callsOf(undefined)).toEqual(BUILT);
    expect(await callsOf(undefined)).toEqual([]);
  });

  it('run again with another version of the command, or of what it depends on, and of nothing else', async () => {
    expect(await callsOf({ cli: '1.0.0' })).toEqual(BUILT);
    expect(await callsOf({ cli: '1.0.0', other: '2.0.0' })).toEqual([]);
    expect(await callsOf({ cli: '1.0.0', zstd: '1.2.3' })).toEqual(BUILT);
    expect(await callsOf({ cli: '1.0.1' })).toEqual(BUILT);
  });
});
