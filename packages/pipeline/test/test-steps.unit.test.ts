import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandResult, Engine, Step, StepResult } from '@image-tooling/engines';
import {
  fail,
  judgeCommand,
  ok,
  type PlannedCommand,
  type Result,
  type RunContext,
} from '@image-tooling/model';
import { openStore, type Store } from '@image-tooling/oci';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failuresOf, promiseOf } from '@image-tooling/testkit/helpers';
import type { Trial } from '../src/test/batches';
import { runSteps, type Ran } from '../src/test/run-steps';
import { searchLines } from '../src/test/search-lines';

let folder: string;
let store: Store;
const abort = { controller: new AbortController() };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'test-steps-'));
  const opened = await openStore(folder);
  if (!opened.ok) throw new Error(opened.failures[0].message);
  store = opened.value;
  abort.controller = new AbortController();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const silent = () => undefined;

/** Returns an engine whose results are set by the test. */
function run(
  commands: readonly PlannedCommand[],
  respond: (step: Step, context: RunContext) => Result<StepResult> | Promise<Result<StepResult>>,
): Promise<Result<Ran>> {
  const engine: Engine = {
    name: 'buildah',
    run: async (step, context) => respond(step, context),
    close: async () => undefined,
  };
  const progress = {
    note: silent,
    step: () => ({ status: silent, output: silent, done: silent, failed: silent }),
  };
  return runSteps(
    { store, context: { signal: abort.controller.signal, progress } },
    engine,
    trialOf(commands),
  );
}

function trialOf(commands: readonly PlannedCommand[]): Trial {
  return {
    image: 'tooling',
    platform: 'linux/amd64',
    system: [{ path: '/blob', digest: DIGEST, diffId: DIGEST, size: 1, compression: 'zstd' }],
    config: { env: { PATH: '/bin', HOME: '/home/toolbox' }, entrypoint: [], cmd: [], user: '1000:1000' },
    home: '/home/toolbox',
    commands,
  };
}

const DIGEST = `sha256:${'0'.repeat(64)}` as const;

function planned(id: string, more: Partial<PlannedCommand> = {}): PlannedCommand {
  return {
    id,
    group: 'always',
    title: id,
    argv: ['echo', id],
    as: 'image',
    user: '1000:1000',
    readOnlyHome: false,
    network: false,
    timeoutSeconds: 10,
    files: {},
    expect: { exitCode: 0, stdout: [{ pattern: `^${id}$`, shown: id }], stderr: [] },
    ...more,
  };
}

const STRANGER = { as: 'arbitrary', user: '31337:31337', readOnlyHome: true } as const;
const PLAN = [
  planned('one'),
  planned('two', STRANGER),
  planned('three'),
  planned('four', { network: true }),
  planned('five', STRANGER),
];

/** Returns the result of `echo` for any user; the listing is empty. */
function echoed(step: Step): Result<StepResult> {
  const commands = step.commands.map(({ argv }): CommandResult => {
    const stdout = argv[0] === 'echo' ? `${argv[1]}\n` : '';
    return { exitCode: 0, stdout, stderr: '', timedOut: false, seconds: 0.1 };
  });
  return ok({ commands, isolated: step.network === 'none' });
}

const isListing = ({ commands }: Step) => commands[0].argv[0] === 'find';

describe('the steps of a test', () => {
  it('give each command its own result, whatever step it ran in', async () => {
    const ran = await run(PLAN, echoed);
    expect(ran).toMatchObject({ ok: true, value: { listing: '', isolated: true } });
    if (!ran.ok) return;
    expect(ran.value.outcomes.map(({ id, passed }) => [id, passed])).toEqual(
      PLAN.map(({ id }) => [id, true]),
    );
  });

  it('are one for each kind of home and network, and one that lists the files before anything runs', async () => {
    const steps: Step[] = [];
    await run(PLAN, (step) => {
      steps.push(step);
      return echoed(step);
    });
    const shown = steps.map(({ label, network, mounts, timeoutSeconds, onFailure }) => ({
      label,
      network,
      mounts: mounts.map(({ target }) => target),
      timeoutSeconds,
      onFailure,
    }));
    const all = { onFailure: 'continue', mounts: [], network: 'none' };
    expect(shown).toEqual([
      { ...all, label: 'tooling: list its files', timeoutSeconds: 600 },
      { ...all, label: 'tooling: run 2 commands', timeoutSeconds: 620 },
      {
        ...all,
        label: 'tooling: run 2 commands with a read-only home',
        mounts: ['/home/toolbox'],
        timeoutSeconds: 620,
      },
      { ...all, label: 'tooling: run 1 command with network', network: 'host', timeoutSeconds: 610 },
    ]);
  });

  it('run at once', async () => {
    let running = 0;
    const together = promiseOf<true>();
    await run(PLAN, async (step) => {
      if (++running === 4) together.resolve(true);
      await together.promise;
      return echoed(step);
    });
    expect(running).toBe(4);
  });

  it('have the files of a check, readable by any user under any umask, in a folder of their own', async () => {
    const umask = process.umask(0o077);
    const seen: string[] = [];
    const withFiles = planned('files', { files: { 'a/b.txt': 'text' } });
    try {
      await run([planned('one'), withFiles], async (step) => {
        if (isListing(step)) return echoed(step);
        const [mount] = step.mounts;
        const file = join(mount?.source ?? '', '1/a/b.txt');
        seen.push(await readFile(file, 'utf8'), (await stat(file)).mode.toString(8));
        seen.push((await stat(join(file, '..'))).mode.toString(8));
        seen.push(String(step.commands[1]?.argv.slice(3)));
        return echoed(step);
      });
    } finally {
      process.umask(umask);
    }
    expect(seen).toEqual(['text', '100644', '40755', '/run/image-checks/1,echo,files']);
    expect(await readdir(join(folder, 'tmp'))).toEqual([]);
  });
});

describe('a test whose steps did not all run', () => {
  it('fails with the engine’s failure, once, and stops the others', async () => {
    const broken = { code: 'engine', message: 'The engine broke.' } as const;
    const stopped: boolean[] = [];
    const ran = await run(PLAN, async (step, { signal }) => {
      if (isListing(step)) return fail(broken);
      await new Promise((done) => signal.addEventListener('abort', done));
      stopped.push(signal.aborted);
      return step.network === 'host' ? fail(broken) : fail({ code: 'aborted', message: 'Stopped.' });
    });
    expect(failuresOf(ran)).toEqual([broken]);
    expect(stopped).toEqual([true, true, true]);
  });

  it('fails if the engine ran fewer commands than it was given', async () => {
    const ran = await run(PLAN, (step) => {
      const all = echoed(step);
      return all.ok && step.commands.length === 2
        ? ok({ ...all.value, commands: all.value.commands.slice(1) })
        : all;
    });
    expect(failuresOf(ran).map(({ message }) => message)).toEqual([
      'tooling: run 2 commands: the engine ran 1 of 2 commands.',
      'tooling: run 2 commands with a read-only home: the engine ran 1 of 2 commands.',
    ]);
  });

  it('fails if the files could not be listed', async () => {
    const ran = await run(PLAN, (step) => {
      const result = {
        exitCode: 127,
        stdout: '',
        stderr: 'env: find: no such file\n',
        timedOut: false,
        seconds: 0,
      };
      return isListing(step) ? ok({ commands: [result], isolated: true }) : echoed(step);
    });
    expect(failuresOf(ran)).toMatchObject([{ code: 'step-failed', details: ['env: find: no such file'] }]);
  });

  it('is stopped by its signal', async () => {
    const ran = await run(PLAN, async () => {
      abort.controller.abort();
      return fail({ code: 'aborted', message: 'Stopped.' });
    });
    expect(failuresOf(ran)).toEqual([{ code: 'aborted', message: 'Stopped.' }]);
  });
});

describe('a pattern that never ends', () => {
  const SLOW = { pattern: '^(a+)+$', text: `${'a'.repeat(40)}!\n` };
  const SOUND = { pattern: '^a+!$', text: SLOW.text };

  it('is stopped, and the search continues with the next', async () => {
    const searched = await searchLines([SLOW, SOUND, SLOW], abort.controller.signal, 0.3);
    if (!searched.ok) throw new Error(searched.failures[0].message);
    expect([SLOW, SOUND].map(searched.value)).toEqual(['too-slow', 'found']);
  });

  it('fails its check, with what to write instead', async () => {
    const slow = planned('slow', {
      expect: { exitCode: 0, stdout: [{ pattern: SLOW.pattern, shown: SLOW.pattern }], stderr: [] },
    });
    const result: CommandResult = { exitCode: 0, stdout: SLOW.text, stderr: '', timedOut: false, seconds: 0 };
    const { message, actual, hint } = judgeCommand(slow, result, () => 'too-slow');
    expect([message, actual, hint]).toEqual([
      'always: slow: `echo slow` printed an output on which the pattern ^(a+)+$ takes too long (as uid 1000)',
      'the search for such a line was stopped',
      'Write the pattern without a repetition in a repetition, such as (a+)+, or with fewer alternatives.',
    ]);
  });

  it('ends with the run', async () => {
    const searching = searchLines([SLOW], abort.controller.signal, 600);
    setImmediate(() => abort.controller.abort());
    expect(failuresOf(await searching)).toMatchObject([{ code: 'aborted' }]);
  });
});

describe('isolation', () => {
  it('is recorded as missing if a step without network had one', async () => {
    const ran = await run(PLAN, (step) => {
      const all = echoed(step);
      return all.ok && step.mounts.length > 0 ? ok({ ...all.value, isolated: false }) : all;
    });
    expect(ran).toMatchObject({ ok: true, value: { isolated: false } });
  });
});
