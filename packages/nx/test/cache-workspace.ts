import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { generateEd25519KeyPair } from '@image-tooling/attest/key-file';

const REPOSITORY = resolve(__dirname, '../../..');
type Stage = (folder: 'nx', options: { readonly to: string; readonly version: string }) => string;
const { stage } = (await import(join(REPOSITORY, 'scripts/pack/stage.mjs'))) as { readonly stage: Stage };
const PAIR = generateEd25519KeyPair(undefined);

/** An Nx workspace with a remote cache, and tasks that write a file each. Its plugin and command are the real ones. */
export interface CacheWorkspace {
  readonly root: string;
  /** Runs nx. Never rejects. */
  nx(args: string, env?: Readonly<Record<string, string>>): Promise<NxEnd>;
  /** Removes the results of all tasks, and what Nx keeps of them. */
  forget(): void;
  write(file: string, content: string | object): void;
  remove(): void;
}

export interface NxEnd {
  readonly exitCode: number;
  readonly output: string;
  readonly seconds: number;
}

/** The environment of a machine that may write. */
export const WRITES = { IMAGE_CACHE_KEY: PAIR.privateKey };

/**
 * Makes a workspace with tasks p0:work, p1:work, …
 *
 * @param command of each task, before it writes its result
 */
export function makeCacheWorkspace(url: string, tasks: number, command = 'true'): CacheWorkspace {
  const root = mkdtempSync(join(tmpdir(), 'image-tooling-cached-'));
  const write = (file: string, content: string | object): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), typeof content === 'string' ? content : JSON.stringify(content));
  };
  linkModules(root);
  write('package.json', { name: 'fixture', private: true });
  write('nx.json', {
    plugins: [{ plugin: '@image-tooling/nx', options: { source: 'https://example.invalid/images' } }],
    // Not in the home folder, which all clones of a repository share.
    ...{ cacheDirectory: '.nx/cache', neverConnectToCloud: true, analytics: false },
  });
  write('cache.json', { url });
  write('trust/cache/ci.pub', PAIR.publicKey);
  for (let index = 0; index < tasks; index++) write(`p${index}/project.json`, project(`p${index}`, command));
  return {
    ...{ root, write },
    nx: (args, env = {}) => nx(root, args, env),
    forget: () => {
      for (const path of ['.nx', 'dist']) rmSync(join(root, path), { recursive: true, force: true });
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function project(name: string, command: string): object {
  const work = `mkdir -p dist && ${command} && head -c 50000 /dev/urandom > dist/${name}`;
  const target = {
    command: work,
    cache: true,
    outputs: [`{workspaceRoot}/dist/${name}`],
    inputs: ['{projectRoot}/**/*'],
  };
  return { name, targets: { work: target } };
}

function linkModules(root: string): void {
  const [from, to] = [join(REPOSITORY, 'node_modules'), join(root, 'node_modules')];
  mkdirSync(join(to, '@image-tooling'), { recursive: true });
  const isLinked = (name: string): boolean => !name.startsWith('.') && name !== '@image-tooling';
  for (const name of readdirSync(from).filter(isLinked)) symlinkSync(join(from, name), join(to, name));
  stage('nx', { to: join(to, '@image-tooling/nx'), version: '0.0.0' });
  symlinkSync(join(REPOSITORY, 'packages/cli'), join(to, '@image-tooling/cli'));
}

function nx(root: string, args: string, env: Readonly<Record<string, string>>): Promise<NxEnd> {
  const argv = [join(REPOSITORY, 'node_modules/nx/dist/bin/nx.js'), ...args.split(' ')];
  const since = performance.now();
  return new Promise((done) => {
    execFile(process.execPath, argv, { cwd: root, env: nxEnv(env) }, (error, stdout, stderr) =>
      done({
        exitCode: typeof error?.code === 'number' ? error.code : error ? 1 : 0,
        output: stdout + stderr,
        seconds: (performance.now() - since) / 1000,
      }),
    );
  });
}

/** Without what an Nx that runs these tests as its own task hands down. */
function nxEnv(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(NX_|IMAGE_|VITEST|NODE_ENV|CI$)/.test(name));
  return {
    ...Object.fromEntries(own),
    NX_DAEMON: 'false',
    NX_ISOLATE_PLUGINS: 'false',
    NX_TUI: 'false',
    ...extra,
  };
}
