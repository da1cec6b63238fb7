import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { valueOf } from '../helpers';
import { failureOf, type ContractOptions, type Rig } from './rig';

/** Commands and their results. */
export function commandTests(rig: () => Rig, options: ContractOptions): void {
  resultTests(rig);
  surroundingTests(rig);
  outputTests(rig, options);
}

function resultTests(rig: () => Rig): void {
  it('gives each command its own result', async () => {
    const { commands } = valueOf(await rig().run(['echo one; echo err >&2', 'printf two']));
    const seconds = expect.any(Number) as number;
    expect(commands).toEqual([
      { exitCode: 0, stdout: 'one\n', stderr: 'err\n', timedOut: false, seconds },
      { exitCode: 0, stdout: 'two', stderr: '', timedOut: false, seconds },
    ]);
  });

  it('reports how long each command took', async () => {
    // A duration needs a command that takes some: just long enough to differ from none on a busy machine.
    const { commands } = valueOf(await rig().run(['sleep 0.6', 'true']));
    const [slow = NaN, quick = NaN] = commands.map(({ seconds }) => seconds);
    expect(slow).toBeGreaterThanOrEqual(0.58);
    expect(slow).toBeLessThan(1.6);
    expect(quick).toBeGreaterThanOrEqual(0);
    expect(quick).toBeLessThan(slow);
  });

  it('refuses to keep the changes of commands of several users: that is a bug of the caller', async () => {
    const commands = [{ argv: ['true'] }, { argv: ['true'], user: '1' }] as const;
    const changesTo = join(rig().folder, 'users.tar');
    await expect(rig().run(commands, { changesTo })).rejects.toThrow('one user');
  });

  it('runs commands one after the other in one container', async () => {
    expect(await outputs(rig(), ['echo kept > /data/note', 'cat /data/note'])).toEqual(['', 'kept\n']);
  });

  it('stops at the first command that fails', async () => {
    const { commands } = valueOf(await rig().run(['exit 3', 'echo never']));
    expect(commands.map(({ exitCode }) => exitCode)).toEqual([3]);
  });

  it('runs them all with onFailure: continue', async () => {
    const { commands } = valueOf(await rig().run(['exit 3', 'true'], { onFailure: 'continue' }));
    expect(commands.map(({ exitCode }) => exitCode)).toEqual([3, 0]);
  });

  it('gives exit codes of 255, of 128 + a signal, and of a program that is not there', async () => {
    const { commands } = valueOf(
      await rig().run(['exit 255', 'kill -KILL $$', 'kill -SEGV $$', { argv: ['no-such-program'] }], {
        onFailure: 'continue',
      }),
    );
    expect(commands.map(({ exitCode }) => exitCode)).toEqual([255, 137, 139, 127]);
    expect(commands.slice(0, 3).map(({ stderr }) => stderr)).toEqual(['', '', '']);
  });

  it('passes arguments as they are', async () => {
    const argument = `$(id) "';\\ * \n=`;
    expect(await outputs(rig(), [{ argv: ['printf', '%s', argument] }])).toEqual([argument]);
  });
}

function surroundingTests(rig: () => Rig): void {
  it('gives a command exactly the environment of the step', async () => {
    const env = { PATH: '/bin', STEP: 'a b' };
    const [text] = await outputs(rig(), [{ argv: ['env'], env: { OWN: 'x=y' } }], { env });
    expect(text?.trim().split('\n').sort()).toEqual(['OWN=x=y', 'PATH=/bin', 'STEP=a b']);
  });

  it.each([
    ['by default', undefined, '0 0'],
    ['by name', 'some', '1234 2345'],
    ['by number, absent from passwd', '4711', '4711 0'],
    ['by number and group', '4711:12', '4711 12'],
  ])('runs as the user %s', async (_, user, expected) => {
    expect(await outputs(rig(), [{ argv: ['sh', '-c', 'echo $(id -u) $(id -g)'], user }])).toEqual([
      `${expected}\n`,
    ]);
  });

  it('runs in the workdir, / by default', async () => {
    expect(await outputs(rig(), [{ argv: ['pwd'] }, { argv: ['pwd'], workdir: '/data/full' }])).toEqual([
      '/\n',
      '/data/full\n',
    ]);
  });

  it('makes files with the modes that a umask of 022 gives, whatever the host has', async () => {
    const changes = await rig().changes('touch /data/new');
    expect(changes.get('data/new')?.mode).toBe(0o644);
  });

  it('shows a mount of the host, read-only', async () => {
    const source = join(rig().folder, 'mounted');
    await mkdir(source, { recursive: true });
    await writeFile(join(source, 'given'), 'from the host\n');
    const mounts = [{ source, target: '/mnt/deep/in' }];
    const { commands } = valueOf(
      await rig().run(['cat /mnt/deep/in/given', 'echo x > /mnt/deep/in/new'], { mounts }),
    );
    expect(commands[0]?.stdout).toBe('from the host\n');
    expect(commands[1]?.exitCode).not.toBe(0);
    await expect(access(join(source, 'new'))).rejects.toThrow();
  });

  it.each([
    ['in the background', 'sleep 300 & true'],
    ['as a daemon', '(busybox setsid sh -c "sleep 300; sleep 300" &); true'],
  ])('stops processes that a command leaves running %s, without waiting', async (_, script) => {
    const begin = Date.now();
    const list = 'for p in /proc/[0-9]*; do cat $p/cmdline; done 2> /dev/null | tr "\\0" " "';
    const [, still] = await outputs(rig(), [script, list]);
    expect(Date.now() - begin).toBeLessThan(15_000);
    expect(still).toContain('cat');
    expect(still).not.toContain('sleep 300');
  });
}

function outputTests(rig: () => Rig, { reasonWhyLinesComeLate }: ContractOptions): void {
  it('passes on all lines', async () => {
    const seen = await linesOf(rig(), ['echo early; echo late >&2; printf unfinished', 'echo more']);
    expect(seen.sort()).toEqual(['early', 'late', 'more', 'unfinished']);
  });

  it('keeps the beginning and the end of a long output, and all of one that is read by a program', async () => {
    const argv = ['seq', '500000'] as const;
    const [kept = '', whole = ''] = await outputs(rig(), [{ argv }, { argv, wholeOutput: true }]);
    expect(whole).toBe(`${Array.from({ length: 500_000 }, (_, at) => at + 1).join('\n')}\n`);
    expect(kept.length).toBeLessThan(2_200_000);
    expect(kept).toMatch(/^1\n2\n/);
    expect(kept).toMatch(/^… 1\.3 MB left out …$/m);
    expect(kept).toMatch(/\n499999\n500000\n$/);
  });

  it('gives a command its own outputs, whatever the one before did with its', async () => {
    const many = 'head -c 100000000 /dev/zero | tr "\\0" x';
    const closes = 'echo before; exec >&- 2>&-; sleep 0.1';
    const { commands } = valueOf(await rig().run([many, 'echo a; echo b >&2', closes, 'echo c; echo d >&2']));
    expect(commands[0]?.stdout).toMatch(/^x+\n… 9\d MB left out …\nx+$/);
    expect(commands.slice(1)).toMatchObject([
      { stdout: 'a\n', stderr: 'b\n' },
      { stdout: 'before\n', stderr: '' },
      { stdout: 'c\n', stderr: 'd\n' },
    ]);
  });

  it('streams lines while the command runs', async (context) => {
    if (reasonWhyLinesComeLate !== undefined) context.skip(reasonWhyLinesComeLate);
    const seen: string[] = [];
    const abort = new AbortController();
    const onLine = (line: string): void => {
      seen.push(line);
      if (seen.length === 2) abort.abort();
    };
    const options = { onLine, signal: abort.signal, timeoutSeconds: 15 };
    // Only lines that come while the command runs can stop it before its time is up.
    const ended = await rig().run(['echo out; echo err >&2; sleep 60'], options);
    expect(failureOf(ended).code).toBe('aborted');
    expect(seen.sort()).toEqual(['err', 'out']);
  });
}

async function linesOf(rig: Rig, commands: readonly string[]): Promise<string[]> {
  const seen: string[] = [];
  valueOf(await rig.run(commands, { onLine: (line) => void seen.push(line) }));
  return seen;
}

async function outputs(rig: Rig, ...args: Parameters<Rig['run']>): Promise<string[]> {
  return valueOf(await rig.run(...args)).commands.map(({ stdout }) => stdout);
}
