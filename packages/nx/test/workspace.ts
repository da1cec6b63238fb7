import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { PluginOptions } from '../src/index';

export const REPOSITORY = resolve(__dirname, '../../..');
/** Lays out in a folder what npm packs. */
type Stage = (folder: 'nx', options: { readonly to: string; readonly version: string }) => string;
const { stage } = (await import(join(REPOSITORY, 'scripts/pack/stage.mjs'))) as { readonly stage: Stage };

const FAKE_COMMAND = join(__dirname, 'fake-image-tooling.cjs');

/**
 * A temporary Nx workspace with the plugin as npm installs it, and a fake `image-tooling` that records its
 * calls.
 */
export interface Workspace {
  readonly root: string;
  /** Runs nx; never rejects. */
  nx(
    args: string | readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<{ exitCode: number; output: string }>;
  git(args: string): Promise<void>;
  /** Returns the calls of `image-tooling` since the last call, sorted: parallel tasks have no order. */
  calls(): string[];
  write(file: string, content: string | object): void;
  removeFile(file: string): void;
  remove(): void;
}

/**
 * Plugins in the process of nx itself: half the work of each start. The tests of the graph run them as Nx
 * does.
 */
export const IN_ONE_PROCESS = { NX_ISOLATE_PLUGINS: 'false' };

/** `always` is added to the environment of every nx. */
export function makeWorkspace(always: Readonly<Record<string, string>> = {}): Workspace {
  const root = mkdtempSync(join(tmpdir(), 'image-tooling-nx-'));
  const write = (file: string, content: string | object): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  };
  linkModules(root);
  for (const [file, content] of Object.entries(FILES)) write(file, content);
  return {
    root,
    write,
    nx: (args, env = {}) => nx(root, args, { ...always, ...env }),
    git: (args) => git(root, args),
    calls: () => takeCalls(join(root, 'calls.log')),
    removeFile: (file) => rmSync(join(root, file)),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

const FILES: Readonly<Record<string, string | object>> = {
  'package.json': { name: 'fixture', private: true },
  'nx.json': nxJson({ compression: 'zstd' }),
  'tsconfig.base.json': { compilerOptions: { module: 'esnext', target: 'es2022' }, files: [] },
  'implementation.txt': 'one',
  '.gitignore': 'node_modules\ndist\n.nx\ncalls.log\n',
  '.nxignore': 'images/*/README.md\n',
  'tools/kubectl/tool.json': { description: 'Kubernetes', version: '1.0.0' },
  'tools/helm/tool.json': { description: 'Charts', version: '1.0.0' },
  'images/base/image.json': { description: 'The system', from: { debian: 'trixie' }, packages: ['git'] },
  'images/k8s/image.json': { description: 'Kubernetes', from: { image: 'base' }, tools: ['helm', 'kubectl'] },
  'images/k8s-aws/image.json': { description: 'and AWS', from: { image: 'k8s' }, packages: ['awscli'] },
};

/** The fixture's nx.json, with a policy of the workspace's. */
export function nxJson(options: PluginOptions): object {
  return {
    plugins: [{ plugin: '@image-tooling/nx', options }],
    namedInputs: { imageTooling: ['{workspaceRoot}/implementation.txt'] },
    neverConnectToCloud: true,
    analytics: false,
  };
}

/**
 * Gives the workspace all modules of the repository, with a `.bin` of its own, since Nx puts that folder
 * first on the path of its commands, and with the packed plugin: Nx loads TypeScript for one from source,
 * half of each start.
 */
export function linkModules(root: string, command = FAKE_COMMAND): void {
  const [from, to] = [join(REPOSITORY, 'node_modules'), join(root, 'node_modules')];
  mkdirSync(join(to, '.bin'), { recursive: true });
  const isLinked = (name: string): boolean => !name.startsWith('.') && name !== '@image-tooling';
  for (const name of readdirSync(from).filter(isLinked)) symlinkSync(join(from, name), join(to, name));
  stage('nx', { to: join(to, '@image-tooling/nx'), version: '0.0.0' });
  symlinkSync(command, join(to, '.bin/image-tooling'));
}

function nx(
  root: string,
  args: string | readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ exitCode: number; output: string }> {
  const argv = [
    join(REPOSITORY, 'node_modules/nx/dist/bin/nx.js'),
    ...(typeof args === 'string' ? args.split(' ') : args),
  ];
  return new Promise((done) => {
    execFile(process.execPath, argv, { cwd: root, env: nxEnv(env) }, (error, stdout, stderr) =>
      done({
        exitCode: typeof error?.code === 'number' ? error.code : error ? 1 : 0,
        output: stdout + stderr,
      }),
    );
  });
}

/**
 * Without what an Nx that runs these tests as its own task hands down, and without authorities, which each of its
 * processes would read for 0.03 s: it reaches no other machine.
 */
export function nxEnv(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(NX_|VITEST|NODE_ENV|NODE_EXTRA_CA_CERTS$|CI$)/.test(name),
  );
  return { ...Object.fromEntries(own), NX_DAEMON: 'false', NX_TUI: 'false', ...extra };
}

function git(root: string, args: string): Promise<void> {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.invalid'];
  return new Promise((done, failed) => {
    execFile('git', [...identity, ...args.split(' ')], { cwd: root }, (error) =>
      error === null ? done() : failed(new Error(`git ${args}: ${error.message}`)),
    );
  });
}

function takeCalls(log: string): string[] {
  try {
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    return lines.sort();
  } catch {
    return [];
  } finally {
    rmSync(log, { force: true });
  }
}
