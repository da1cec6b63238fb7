import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '@image-tooling/testkit/helpers';
import { readArguments } from '../src/command-line/arguments';
import type { Host } from '../src/command-line/types';
import { settingsOf, type ScriptSettings } from '../src/script/settings';
import { scriptText } from '../src/script/text';

export const SCRIPTS = join(__dirname, '..', 'sh');
const VERSION = '1.2.3';

/** A machine that a script sees: programs of its own before the system's, a home folder, a project. */
export interface FakeMachine {
  readonly home: string;
  readonly project: string;
  /** The folder of its programs. */
  readonly bin: string;
  readonly env: Record<string, string>;
}

export interface Machine {
  readonly engines?: readonly string[];
  /** As uname -sr says. */
  readonly system?: string;
  /** As id says. */
  readonly id?: string;
}

/** A system without Docker's daemon. */
export const NO_SOCKET = { '/var/run/docker.sock': '/not/there/docker.sock' };

export const ORDINARY_ID = 'uid=1234(me) gid=1234(me) groups=1234(me),27(sudo),998(docker)';

/** Makes a machine whose engines print their arguments, one a line. */
export function fakeMachine({
  engines = ['podman'],
  system = 'Linux 6.1.0',
  id = ORDINARY_ID,
}: Machine = {}): FakeMachine {
  const folder = temporaryFolder();
  const [home, project, bin] = ['home', 'home/project', 'bin'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [project, bin]) mkdirSync(path, { recursive: true });
  for (const engine of engines) program(bin, engine, `printf '%s\\n' ${engine} "$@"`);
  program(bin, 'uname', `echo '${system}'`);
  program(bin, 'id', `echo '${id}'`);
  // Programs of the machine that tests run on must not count as engines: links to those that the script uses.
  for (const name of ['sh', 'mkdir', 'mv', 'cat', 'awk', 'ls', 'cksum', 'sleep', 'rm', 'env', 'wc', 'tr'])
    symlinkSync(which(name), join(bin, name));
  return { home, project, bin, env: { HOME: home, PATH: bin, TOOLBOX_IMAGE: 'example.com/acme/tools:1' } };
}

export interface HostOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly platform?: NodeJS.Platform;
  /** Gets what is written to the streams. */
  readonly said?: { stdout: string; stderr: string };
}

/** The process that a command line of toolbox sees on a machine. */
export function hostOf(machine: FakeMachine, options: HostOptions = {}): Host {
  const {
    cwd = machine.project,
    env,
    platform = process.platform,
    said = { stdout: '', stderr: '' },
  } = options;
  const stream = (name: 'stdout' | 'stderr') => ({ write: (text: string) => ((said[name] += text), true) });
  return {
    cwd: () => cwd,
    env: { ...machine.env, ...env },
    stdin: process.stdin,
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    on: process.on.bind(process),
    off: process.off.bind(process),
    exit: process.exit.bind(process),
    platform,
    arch: process.arch,
  } as unknown as Host;
}

/** Writes a file and its folders; returns its path. */
export function write(path: string, text = ''): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** Listens on a socket until the test ends; returns its path. */
export async function socketAt(path: string): Promise<string> {
  mkdirSync(dirname(path), { recursive: true });
  const server = createServer().listen(path);
  await new Promise((resolve) => server.on('listening', resolve));
  onTestFinished(() => void server.close());
  return path;
}

/** Writes a program: a shell script of one line or more. */
export function program(folder: string, name: string, text: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

function which(name: string): string {
  const folder = ['/usr/bin', '/bin'].find((path) => existsSync(join(path, name)));
  if (folder === undefined) throw new Error(`This machine has no ${name}.`);
  return join(folder, name);
}

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Returns the script for a command line, such as `--keep sh`, and the words of its command. */
export function scriptFor(
  argv: readonly string[],
  more: Partial<ScriptSettings> = {},
): { text: string; words: readonly string[] } {
  const read = readArguments(argv);
  if (!read.ok) throw new Error(read.failures[0].message);
  const settings = settingsOf(read.value.options, 'run');
  if (!settings.ok) throw new Error(settings.failures[0].message);
  return { text: scriptText({ ...settings.value, ...more }, SCRIPTS, VERSION), words: read.value.words };
}

export interface CallOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Paths of the system in the script → others. */
  readonly paths?: Readonly<Record<string, string>>;
  readonly settings?: Partial<ScriptSettings>;
  readonly shell?: string;
  readonly input?: string;
}

/** Calls the script as `toolbox <argv>` would. */
export function call(machine: FakeMachine, argv: readonly string[], options: CallOptions = {}): Ran {
  const { text, words } = scriptFor(argv, options.settings);
  const replaced = Object.entries(options.paths ?? {}).reduce(
    (all, [from, to]) => all.replaceAll(from, to),
    text,
  );
  const { status, stdout, stderr } = spawnSync(
    options.shell ?? '/bin/sh',
    ['-c', replaced, 'toolbox', ...words],
    {
      cwd: options.cwd ?? machine.project,
      env: { ...machine.env, ...options.env },
      encoding: 'utf8',
      input: options.input ?? '',
    },
  );
  return { exitCode: status ?? -1, stdout, stderr };
}

/** What the fake engine got, without the program of the container. */
export function engineArguments(ran: Ran): string[] {
  if (ran.exitCode !== 0) throw new Error(`exit code ${ran.exitCode}: ${ran.stderr}`);
  return ran.stdout.split('\n');
}

/** The values of an option, such as all of `-v`. */
export function valuesOf(args: readonly string[], option: string): string[] {
  return args.flatMap((word, index) => (word === option ? [args[index + 1] ?? ''] : []));
}

/** Runs a program to its end, and sends it a signal when it has printed `at`. */
export async function signalled(
  argv: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
  cwd: string,
  at: string,
  signal: NodeJS.Signals,
): Promise<Ran> {
  const [file, ...args] = argv;
  const child = spawn(file, args, { env, cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => {
    const isFirst = !stdout.includes(at);
    stdout += chunk.toString();
    if (isFirst && stdout.includes(at)) child.kill(signal);
  });
  return new Promise((resolve) => {
    child.on('close', (code, by) => resolve({ exitCode: code ?? (by === null ? -1 : -2), stdout, stderr }));
  });
}
