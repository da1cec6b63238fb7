import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { mapConcurrent } from '@image-tooling/host';
import { commandLine as lineInShell } from '@image-tooling/model/shell-word';
import type { RealEngine } from './real-engines';
import { scriptFor, signalled, type Ran } from './rig';

/** Calls the script as the engine's user. */
export function callReal(
  engine: RealEngine,
  argv: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; input?: string } = {},
): Ran {
  const [file, ...args] = commandLine(engine, argv);
  const { status, stdout, stderr } = spawnSync(file, args, {
    cwd: options.cwd ?? folderOf(engine, 'project'),
    env: { ...engine.env, ...options.env },
    input: options.input ?? '',
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { exitCode: status ?? -1, stdout, stderr };
}

/** The command line of a call, also for other ways to start it. */
export function commandLine(engine: RealEngine, argv: readonly string[]): [string, ...string[]] {
  const { text, words } = scriptFor(argv);
  return engine.as(['/bin/sh', '-c', text, 'toolbox', ...words]);
}

/** A folder of the user's, made on first use. */
export function folderOf({ home, uid, gid }: RealEngine, name: string): string {
  const path = join(home, name);
  if (!existsSync(path)) {
    mkdirSync(path);
    chownSync(path, uid, gid);
  }
  return path;
}

/** Writes a file of the user's, below their home, and its folders. Returns its path. */
export function writeAs({ home, uid, gid }: RealEngine, path: string, text: string): string {
  const parts = path.split('/');
  for (let count = 1; count < parts.length; count++) {
    const folder = join(home, ...parts.slice(0, count));
    if (existsSync(folder)) continue;
    mkdirSync(folder);
    chownSync(folder, uid, gid);
  }
  writeFileSync(join(home, path), text);
  chownSync(join(home, path), uid, gid);
  return join(home, path);
}

/** Ids, groups, names, owners, home, current folder. */
export function expectToRunAsYou(engine: RealEngine, options: readonly string[] = []): void {
  const place = folderOf(engine, 'ein Ordner, für alles');
  const script = 'id -u; id -g; id -G; id -un; echo "$HOME"; pwd; umask; echo x > made; echo y > ~/kept';
  const ran = callReal(engine, [...options, 'sh', '-c', script], { cwd: place });
  expect({ exitCode: ran.exitCode, stderr: ran.stderr }).toEqual({ exitCode: 0, stderr: '' });
  const [uid, gid, groups, name, home, folder, mask] = ran.stdout.split('\n');
  const isRootInside = engine.name !== 'docker';
  expect([uid, gid]).toEqual(isRootInside ? ['0', '0'] : [`${engine.uid}`, `${engine.gid}`]);
  if (!isRootInside)
    expect(
      groups!
        .split(' ')
        .map(Number)
        .sort((a, b) => a - b),
    ).toEqual([...engine.groups, engine.gid].sort((a, b) => a - b));
  expect(name).toBe(engine.uid === 0 ? 'root' : 'nobody');
  expect([home, folder, Number(mask)]).toEqual(['/home/toolbox', '/work', 22]);
  const made = statSync(join(place, 'made'));
  expect([made.uid, made.gid]).toEqual([engine.uid, engine.gid]);
  const kept = callReal(engine, [...options, 'cat', '/home/toolbox/kept'], { cwd: place });
  expect(kept).toEqual({ exitCode: 0, stdout: 'y\n', stderr: '' });
  const data = join(engine.home, '.local/share/toolbox/home');
  expect(readdirSync(data).map((file) => statSync(join(data, file)).uid)).not.toContain(
    engine.uid === 0 ? 1 : 0,
  );
}

/** Calls at the same time: Docker 20.10 notices the end of some short containers only after half a minute. */
const AT_ONCE = 8;

/** The exit code of a call is that of the command. */
export async function expectExitCodes(
  engine: RealEngine,
  codes: readonly number[],
  options: readonly string[] = [],
): Promise<void> {
  const ends = await mapConcurrent(
    codes,
    async (code) => {
      const argv = commandLine(engine, [...options, 'sh', '-c', `exit ${code}`]);
      return signalled(argv, engine.env, folderOf(engine, 'project'), 'never', 'SIGTERM');
    },
    AT_ONCE,
  );
  expect(ends.map(({ exitCode }) => exitCode)).toEqual(codes);
}

/** As a shell reports commands that it can't run. */
export function expectRefusals(engine: RealEngine, options: readonly string[] = []): void {
  expect(callReal(engine, [...options, 'no-such-program'])).toMatchObject({
    exitCode: 127,
    stderr: expect.stringContaining('not in this image') as string,
  });
  writeFileSync(join(folderOf(engine, 'project'), 'not-executable'), '');
  expect(callReal(engine, [...options, './not-executable']).exitCode).toBe(126);
}

/** Standard streams, separately and whole. */
export function expectPipes(engine: RealEngine, options: readonly string[] = []): void {
  const input = 'ü\0\n'.repeat(50_000);
  const ran = callReal(engine, [...options, 'sh', '-c', 'cat; echo problem >&2'], { input });
  expect(ran.stdout === input).toBe(true);
  expect(ran.stderr).toBe('problem\n');
  expect(ran.exitCode).toBe(0);
}

/** A terminal only where there is one (script(1) makes one). */
export function expectTerminals(engine: RealEngine, options: readonly string[] = []): void {
  const probe = 'for n in 0 1 2; do test -t $n && echo tty || echo none; done; stty size 2> /dev/null';
  expect(callReal(engine, [...options, 'sh', '-c', probe]).stdout).toBe('none\nnone\nnone\n');
  const line = lineInShell(commandLine(engine, [...options, 'sh', '-c', probe]));
  const ran = spawnSync('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
    cwd: folderOf(engine, 'project'),
    env: { ...engine.env, TERM: 'xterm' },
    encoding: 'utf8',
    timeout: 60_000,
  });
  // script(1) types a NUL at the end of its own input, which a terminal shows as ^@.
  expect(ran.stdout.replace(/\r|\^@/g, '')).toMatch(/^tty\ntty\ntty\n/);
}

/**
 * Podman 4.3 passes signals on only some time after the container's start, and ends with 0 if one comes earlier
 * (containers/podman#17489); nothing tells when.
 */
const READY = 'sleep 1; echo ready';

/** What handles a signal gets it; what does not ends by it. */
export async function expectSignals(engine: RealEngine, options: readonly string[] = []): Promise<void> {
  const send = async (script: string, signal: NodeJS.Signals) =>
    signalled(
      commandLine(engine, [...options, 'sh', '-c', script]),
      engine.env,
      folderOf(engine, 'project'),
      'ready',
      signal,
    );
  const plain = `${READY}; exec sleep 60`;
  const handling = (signal: string) =>
    `trap "echo got; exit 42" ${signal}; ${READY}; while :; do sleep 0.1; done`;
  const [int, term, handledInt, handledTerm] = await Promise.all([
    send(plain, 'SIGINT'),
    send(plain, 'SIGTERM'),
    send(handling('INT'), 'SIGINT'),
    send(handling('TERM'), 'SIGTERM'),
  ]);
  expect([int.exitCode, term.exitCode]).toEqual([130, 143]);
  for (const ran of [handledInt, handledTerm])
    expect(ran).toMatchObject({ exitCode: 42, stdout: 'ready\ngot\n' });
}
