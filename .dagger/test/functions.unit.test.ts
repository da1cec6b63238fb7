import { type Container, connection, dag, type Directory } from '@dagger.io/dagger';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImageTooling } from '../src/index';
import { type Call, type RecordingEngine, startRecordingEngine } from './recording-engine';

let engine: RecordingEngine;
let exitCode: number;
let reported: boolean;
/** What led to the last output of Nx. */
let printed: readonly Call[];

beforeEach(async () => {
  exitCode = 0;
  reported = true;
  engine = await startRecordingEngine({
    exitCode: () => exitCode,
    exists: () => reported,
    combinedOutput: () => 'first line\nCannot find configuration for task base:test\n',
    stdout: (chain) => {
      printed = chain;
      return 'what Nx printed';
    },
  });
  process.env['DAGGER_SESSION_PORT'] = String(engine.port);
  process.env['DAGGER_SESSION_TOKEN'] = 'no-secret';
});

afterEach(async () => {
  delete process.env['DAGGER_SESSION_PORT'];
  delete process.env['DAGGER_SESSION_TOKEN'];
  await engine.close();
});

type Called<T> = (module: ImageTooling, source: Directory) => Promise<T>;

/** Calls a function of the module as `dagger call` does, on a repository and a runner that have names. */
async function call<T>(fn: Called<T>, run = 'run 1'): Promise<T> {
  let result: Promise<T> | undefined;
  await connection(async () => {
    const runner: Container = dag.container().from('runner.invalid/node:20');
    result = fn(new ImageTooling(runner, run), dag.directory().directory('repository'));
    await result.catch(() => undefined);
  });
  return result!;
}

async function chainOf(fn: Called<Directory>, run?: string): Promise<readonly Call[]> {
  return engine.chainOf(await call(async (module, source) => (await fn(module, source)).id(), run));
}

function argsOf(chain: readonly Call[], field: string): Call['args'][] {
  return chain.filter((one) => one.field === field).map(({ args }) => args);
}

/** What Nx was asked for. */
function nxArguments(chain: readonly Call[]): string[] {
  const [, , , , ...command] = argsOf(chain, 'withExec').at(-1)!['args'] as string[];
  return command;
}

describe('the container of Nx', () => {
  it('is made and run in this order', async () => {
    expect(await chainOf((module, source) => module.test(source, 'tooling-k8s'))).toMatchSnapshot();
  });

  it('runs Nx with the engine’s own session, bootstrap without', async () => {
    const chain = await chainOf((module, source) => module.test(source, 'base'));
    const [bootstrap, nx] = argsOf(chain, 'withExec');
    expect(bootstrap).toEqual({ args: ['./bootstrap'] });
    expect(nx).toMatchObject({ experimentalPrivilegedNesting: true });
  });

  it('is another one for each call where the run has no name', async () => {
    const runOf = async () => {
      const chain = await chainOf((module, source) => module.test(source, 'base'), '');
      return argsOf(chain, 'withEnvVariable').find(({ name }) => name === 'IMAGE_TOOLING_RUN')?.['value'];
    };
    const first = await runOf();
    expect(first).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(await runOf()).not.toBe(first);
  });
});

describe('build', () => {
  it('gives the output folder', async () => {
    const chain = await chainOf((module, source) => module.build(source, 'base'));
    expect(nxArguments(chain)).toEqual(['run', 'base:build', '--outputStyle=stream']);
    expect(chain.at(-1)).toEqual({ field: 'directory', args: { path: 'images/base/dist' } });
  });

  it('gives an OCI layout where it is asked for', async () => {
    const chain = await chainOf((module, source) => module.build(source, 'base', true));
    expect(nxArguments(chain)).toEqual(['run', 'base:load', '--to=oci:/layout', '--outputStyle=stream']);
    expect(chain.at(-1)).toEqual({ field: 'directory', args: { path: '/layout' } });
  });

  it('fails with the end of Nx’s output', async () => {
    exitCode = 1;
    await expect(call((module, source) => module.build(source, 'base'))).rejects.toThrow(
      'Nx failed. The end of its output:\nfirst line\nCannot find configuration for task base:test',
    );
  });
});

describe('test', () => {
  const report = { field: 'directory', args: { path: 'images/base/dist/report' } };

  it('gives the report', async () => {
    const chain = await chainOf((module, source) => module.test(source, 'base'));
    expect(nxArguments(chain)).toEqual(['run', 'base:test', '--outputStyle=stream']);
    expect(chain.at(-1)).toEqual(report);
  });

  it('fails where a check fails', async () => {
    exitCode = 1;
    await expect(call((module, source) => module.test(source, 'base'))).rejects.toThrow('Nx failed.');
  });

  it('gives a failed test’s report where it is asked for, of the very same run', async () => {
    const passed = await chainOf((module, source) => module.test(source, 'base'));
    exitCode = 1;
    expect(await chainOf((module, source) => module.test(source, 'base', true))).toEqual(passed);
  });

  it('fails also then where there is no report, since nothing was tested', async () => {
    exitCode = 1;
    reported = false;
    await expect(call((module, source) => module.test(source, 'base', true))).rejects.toThrow('Nx failed.');
  });
});

describe('publish', () => {
  it('gives Nx’s output', async () => {
    expect(await call((module, source) => module.publish(source, 'base'))).toBe('what Nx printed');
    expect(nxArguments(printed)).toEqual(['run', 'base:publish', '--outputStyle=stream']);
    expect(argsOf(printed, 'withSecretVariable')).toEqual([]);
  });

  it('passes the login of the registry as a secret', async () => {
    await call((module, source) => module.publish(source, 'base', dag.setSecret('login', 'planted')));
    expect(argsOf(printed, 'withSecretVariable')).toEqual([
      { name: 'DOCKER_AUTH_CONFIG', secret: [expect.objectContaining({ field: 'setSecret' })] },
    ]);
  });

  it('fails with what Nx says', async () => {
    exitCode = 1;
    await expect(call((module, source) => module.publish(source, 'base'))).rejects.toThrow(
      'Cannot find configuration for task base:test',
    );
  });
});

describe('affected', () => {
  it('compares the commits, and gives the outputs of all images', async () => {
    const chain = await chainOf((module, source) =>
      module.affected(source, 'origin/main', 'HEAD', ['build', 'test']),
    );
    const { source: ran, include } = chain.at(-1)!.args as { source: Call[]; include: string[] };
    expect(include).toEqual(['images/*/dist']);
    expect(nxArguments(ran)).toEqual([
      ...['affected', '-t', 'build', '-t', 'test', '--base=origin/main', '--head=HEAD'],
      '--outputStyle=stream',
    ]);
  });
});
