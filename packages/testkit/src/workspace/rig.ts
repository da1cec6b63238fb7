import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { run } from '@image-tooling/host';
import { SMALL_DEBIAN_SUITES, type FixtureArchive } from '../archive';
import {
  runCommandLine,
  startCommandLine,
  type CommandLineEnd,
  type StartedCommandLine,
} from './command-line';

/** The repository that the test kit is part of. */
const REPOSITORY = resolve(__dirname, '..', '..', '..', '..');

export interface RigOptions {
  /** Archives of our own, in addition to Debian's. */
  readonly archives?: readonly FixtureArchive[];
  /** Of the plugin; of `debian`, in addition to the archives. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** A store to begin with: its content is copied, but for unpacked layers, which are shared. */
  readonly storeFrom?: string;
  /** What stands in for Debian's lists of packages: where files of `writeSmallDebian` are served, and their key. */
  readonly smallDebian?: SmallDebian;
}

export interface SmallDebian {
  readonly url: string;
  readonly publicKey: string;
}

/** A workspace in a temporary folder with a store of its own, and the real command line to run in it. */
export class WorkspaceRig {
  constructor(
    readonly folder: string,
    readonly store: string,
    private readonly env: NodeJS.ProcessEnv = {},
  ) {}

  /** Writes a file of the workspace: text, or a value as JSON. */
  async write(path: string, content: unknown): Promise<void> {
    const file = join(this.folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(
      file,
      typeof content === 'string' ? content : `${JSON.stringify(content, undefined, 2)}\n`,
    );
  }

  /** Runs `image-tooling` to its end. */
  run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CommandLineEnd> {
    return runCommandLine(this.place(env), args);
  }

  /** Runs a line of bash, in which `"$@"` is `image-tooling`, to its end. */
  async bash(
    line: string,
  ): Promise<Pick<CommandLineEnd, 'exitCode' | 'stderr'> & { readonly stdout: Buffer }> {
    const { launcher, folder, env } = this.place({});
    const argv = ['-c', line, 'bash', process.execPath, launcher];
    const child = spawn('bash', argv, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const [stdout, stderr, [exitCode]] = await Promise.all([
      buffer(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number]>,
    ]);
    return { exitCode, stdout, stderr };
  }

  /** Starts `image-tooling` and leaves it running. */
  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): StartedCommandLine {
    return startCommandLine(this.place(env), args);
  }

  /** Runs `image-tooling`, which must succeed; returns its output. */
  async must(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    const end = await this.run(args, env);
    if (end.exitCode !== 0)
      throw new Error(`image-tooling ${args.join(' ')} failed:\n${end.stdout}\n${end.stderr}`);
    return end.stdout;
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    await removeStore(this.store);
  }

  private place(env: NodeJS.ProcessEnv) {
    // Fixes the engine, whatever others the machine has; tests ask for another one by name.
    const engine = process.env['IMAGE_ENGINE'] ?? 'buildah';
    return {
      launcher: join(REPOSITORY, 'packages', 'cli', 'bin', 'image-tooling.cjs'),
      folder: this.folder,
      env: {
        ...process.env,
        ...NO_TASK,
        ...this.env,
        IMAGE_STORE: this.store,
        IMAGE_ENGINE: engine,
        CI: '',
        ...env,
      },
    };
  }
}

/** Of an Nx that runs the tests: a command is not a task of it. */
const NO_TASK = { NX_TASK_HASH: undefined, NX_TASK_TARGET_PROJECT: undefined, NX_STREAM_OUTPUT: undefined };

/** For commands that reach this machine's own servers alone: Node 20 reads all authorities at each start, for 0.03 s. */
const NO_AUTHORITIES = { NODE_EXTRA_CA_CERTS: undefined };

/** Makes a workspace: Debian's archives with the repository's keys, and those given, with their own. */
export async function createRig({
  archives = [],
  options = {},
  storeFrom,
  smallDebian,
}: RigOptions = {}): Promise<WorkspaceRig> {
  const folder = await mkdtemp(join(tmpdir(), 'image-tooling-workspace-'));
  const store = await mkdtemp(join(tmpdir(), 'image-tooling-store-'));
  if (storeFrom !== undefined) await copyStore(storeFrom, store);
  const rig = new WorkspaceRig(folder, store, smallDebian === undefined ? {} : NO_AUTHORITIES);
  await cp(join(REPOSITORY, 'trust'), join(folder, 'trust'), { recursive: true });
  for (const archive of archives) await rig.write(`trust/${archive.name}/key.asc`, archive.publicKey);
  const small = smallDebian === undefined ? {} : await trustSmallDebian(rig, smallDebian);
  await rig.write(
    'nx.json',
    nxJson(archives, { ...options, debian: { ...small, ...asObject(options['debian']) } }),
  );
  return rig;
}

/** Trusts the key of the stand-ins too. Returns the options of `debian` that name them. */
async function trustSmallDebian(rig: WorkspaceRig, { url, publicKey }: SmallDebian): Promise<object> {
  const names = Object.keys(SMALL_DEBIAN_SUITES);
  for (const name of names) await rig.write(`trust/${name}/fixture.asc`, publicKey);
  return {
    suites: Object.values(SMALL_DEBIAN_SUITES),
    mirrors: Object.fromEntries(names.map((name) => [name, [`${url}/${name}`]])),
  };
}

const asObject = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});

/**
 * An ordinary user's unpacked systems belong to subordinate ids, which only their own user namespace can
 * remove.
 */
async function removeStore(store: string): Promise<void> {
  if (process.getuid?.() !== 0) await run({ argv: ['buildah', 'unshare', 'rm', '-rf', store] });
  await rm(store, { recursive: true, force: true });
}

/** Engines' data in a store can't be copied, and is made again; buildah's unpacked layers are shared. */
async function copyStore(from: string, to: string): Promise<void> {
  const engines = join(from, 'engine');
  await cp(from, to, { recursive: true, preserveTimestamps: true, filter: (path) => path !== engines });
  await linkLayers(join(from, UNPACKED_LAYERS), join(to, UNPACKED_LAYERS));
}

const UNPACKED_LAYERS = join('engine', 'buildah', 'layers');

/**
 * Gives a store symlinks to unpacked layers, which steps never change: unpacking a Debian system takes seconds. The
 * store that they are in is removed last.
 */
async function linkLayers(from: string, to: string): Promise<void> {
  const names = await readdir(from).catch(() => []);
  await mkdir(to, { recursive: true });
  for (const name of names.filter((one) => !one.startsWith('new-')))
    await symlink(await realpath(join(from, name)), join(to, name));
}

function nxJson(archives: readonly FixtureArchive[], options: Readonly<Record<string, unknown>>) {
  const entries = archives.map(({ name, url, suite }) => ({
    name,
    url,
    suites: [suite.suite],
    keys: `trust/${name}`,
  }));
  const debian = { archives: entries, ...asObject(options['debian']) };
  return { plugins: [{ plugin: '@image-tooling/nx', options: { ...options, debian } }] };
}
