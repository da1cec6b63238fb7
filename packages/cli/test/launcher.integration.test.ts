import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const REPOSITORY = resolve(__dirname, '../../..');
const PACKAGES = ['model', 'host', 'oci', 'engines', 'sources', 'pipeline', 'cli'];
const PRINTS = (text: string): string =>
  `import { word } from '@image-tooling/model';
   export const main = async (args: string[]): Promise<number> => {
     console.log('${text}', word, ...args);
     return args.length;
   };`;

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'image-tooling-launcher-'));
  for (const name of PACKAGES) {
    write(`packages/${name}/package.json`, JSON.stringify({ name: `@image-tooling/${name}` }));
    write(`packages/${name}/src/index.ts`, 'export const word: string = "word";');
    link(join(root, 'packages', name), `node_modules/@image-tooling/${name}`);
  }
  write('package-lock.json', '{}');
  write('packages/model/package.json', '{"name": "@image-tooling/model", "main": "./src/index.ts"}');
  write('packages/cli/src/index.ts', PRINTS('one'));
  cpSync(join(REPOSITORY, 'packages/cli/bin'), join(root, 'packages/cli/bin'), { recursive: true });
  link(join(REPOSITORY, 'node_modules/esbuild'), 'node_modules/esbuild');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(file: string, content: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), content);
}

function link(target: string, path: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  symlinkSync(target, join(root, path));
}

function launch(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [join(root, 'packages/cli/bin/image-tooling.cjs'), ...args],
      (error, stdout, stderr) =>
        done({ exitCode: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

function bundles(): string[] {
  return readdirSync(join(root, 'node_modules/.cache/image-tooling'));
}

describe('the launcher', () => {
  it('runs the source, with its arguments and exit code', async () => {
    expect(await launch('a', 'b')).toEqual({ exitCode: 2, stdout: 'one word a b\n', stderr: '' });
  });

  it('bundles once, and again when a source file changed', async () => {
    await launch();
    await launch();
    expect(bundles()).toHaveLength(1);
    write('packages/model/src/index.ts', 'export const word: string = "other";');
    expect((await launch()).stdout).toBe('one other\n');
    expect(bundles()).toHaveLength(2);
  });

  it('removes bundles that are a day old', async () => {
    await launch();
    const old = join(root, 'node_modules/.cache/image-tooling', bundles()[0] ?? '');
    utimesSync(old, 0, 0);
    write('packages/cli/src/index.ts', PRINTS('two'));
    expect((await launch()).stdout).toBe('two word\n');
    expect(bundles()).toHaveLength(1);
  });

  it('bears tasks that start at once', async () => {
    const runs = await Promise.all(
      Array.from({ length: 6 }, (_, index) => launch(...Array.from({ length: index }, () => 'x'))),
    );
    expect(runs.map((run) => run.exitCode)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(bundles()).toHaveLength(1);
  });

  it('says what does not compile, and leaves no bundle', async () => {
    write('packages/cli/src/index.ts', 'export const main = ;');
    const { exitCode, stderr } = await launch();
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('packages/cli/src/index.ts:1:20');
    expect(bundles()).toEqual([]);
  });

  it('takes the bundle of a published package as it is', async () => {
    write('packages/cli/dist/cli.cjs', 'exports.main = async () => { console.log("published"); return 7; };');
    expect(await launch()).toEqual({ exitCode: 7, stdout: 'published\n', stderr: '' });
  });
});

describe('what the bundle leaves outside', () => {
  it('is found from where the bundle lies', async () => {
    const bundle = createRequire(join(REPOSITORY, 'node_modules/.cache/image-tooling/bundle.cjs'));
    const load = createRequire(join(REPOSITORY, 'packages/cli/bin/'));
    const { dependencies } = load('./source-bundle.cjs') as { dependencies: () => string[] };
    expect(dependencies().length).toBeGreaterThan(0);
    for (const name of dependencies()) expect(bundle.resolve(name), name).toContain('node_modules');
  });
});
