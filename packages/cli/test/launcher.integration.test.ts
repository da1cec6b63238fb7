import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const REPOSITORY = resolve(__dirname, '../../..');
const LOAD = createRequire(join(REPOSITORY, 'packages/cli/bin/'));
const { COMMAND, REMOTE_CACHE } = LOAD('./source-bundle.cjs') as SourceBundle;
const PACKAGES = COMMAND.packages;
/** Packages that only the commands "cache …" need: builds must not depend on them. */
const CACHE_ONLY = REMOTE_CACHE.packages.filter((name) => !PACKAGES.includes(name));
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

const CACHE = 'node_modules/.cache/image-tooling';

function cached(ending: string): string[] {
  return readdirSync(join(root, CACHE)).filter((name) => name.endsWith(ending));
}

function bundles(): string[] {
  return cached('.cjs');
}

/** Returns the one file of the code cache. */
function codeFile(): string {
  expect(cached('.code')).toHaveLength(1);
  return join(root, CACHE, cached('.code')[0] ?? '');
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

  it('sees an edit that keeps the size and the time of a file', async () => {
    const file = join(root, 'packages/cli/src/index.ts');
    await launch();
    const { atime, mtime } = statSync(file);
    write('packages/cli/src/index.ts', PRINTS('two'));
    utimesSync(file, atime, mtime);
    expect((await launch()).stdout).toBe('two word\n');
  });

  it('removes bundles that are a day old', async () => {
    await launch();
    for (const name of [...bundles(), ...cached('.code')]) utimesSync(join(root, CACHE, name), 0, 0);
    write('packages/cli/src/index.ts', PRINTS('two'));
    expect((await launch()).stdout).toBe('two word\n');
    expect(bundles()).toHaveLength(1);
    expect(cached('.code')).toHaveLength(1);
  });

  it('works for tasks that start at once', async () => {
    const runs = await Promise.all(
      Array.from({ length: 6 }, (_, index) => launch(...Array.from({ length: index }, () => 'x'))),
    );
    expect(runs.map((run) => run.exitCode)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(bundles()).toHaveLength(1);
    expect(cached('.tmp')).toEqual([]);
  });

  it('reports what does not compile, and leaves no bundle', async () => {
    write('packages/cli/src/index.ts', 'export const main = ;');
    const { exitCode, stderr } = await launch();
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('packages/cli/src/index.ts:1:20');
    expect(existsSync(join(root, CACHE))).toBe(false);
  });

  it('fails if `main` never ends', async () => {
    write('packages/cli/src/index.ts', 'export const main = () => new Promise<number>(() => undefined);');
    expect(await launch()).toEqual({ exitCode: 1, stdout: '', stderr: '' });
  });

  it('runs if the cache can’t be written', async () => {
    write(CACHE, 'a file where the folder should be');
    expect(await launch('a')).toEqual({ exitCode: 1, stdout: 'one word a\n', stderr: '' });
    expect(await launch()).toEqual({ exitCode: 0, stdout: 'one word\n', stderr: '' });
  });

  it('imports dynamically what the source imports dynamically, also ES modules by path', async () => {
    write('outside.mjs', 'export const word = "outside";');
    write(
      'packages/cli/src/index.ts',
      `export const main = async (): Promise<number> => {
         const { basename } = await import('node:path');
         const { word } = await import(${JSON.stringify(join(root, 'outside.mjs'))});
         console.log(basename('/a/b'), word);
         return 0;
       };`,
    );
    expect(await launch()).toEqual({ exitCode: 0, stdout: 'b outside\n', stderr: '' });
  });

  it('runs the bundle of a published package as it is', async () => {
    write(
      'packages/cli/dist/index.js',
      'exports.main = async () => { console.log("published"); return 7; };',
    );
    expect(await launch()).toEqual({ exitCode: 7, stdout: 'published\n', stderr: '' });
  });

  it('keeps compiled code next to the bundle of a published package, and makes it again for another bundle', async () => {
    const dist = join(root, 'packages/cli/dist');
    const publish = (text: string, time: number) => {
      write(
        'packages/cli/dist/index.js',
        `exports.main = async () => { console.log("${text}"); return 0; };`,
      );
      utimesSync(join(dist, 'index.js'), time, time);
    };
    const codes = () => readdirSync(dist).filter((name) => name.endsWith('.code'));
    publish('one', 1000);
    for (let run = 0; run < 2; run++) expect((await launch('build')).stdout).toBe('one\n');
    expect(codes()).toHaveLength(1);
    publish('two', 2000);
    expect((await launch('build')).stdout).toBe('two\n');
    expect(codes()).toHaveLength(2);
  });
});

describe('the commands "cache …"', () => {
  it('are a bundle of their own', async () => {
    for (const name of CACHE_ONLY) {
      write(`packages/${name}/package.json`, '{}');
      write(`packages/${name}/src/index.ts`, '');
    }
    write('packages/cli/src/cache.ts', PRINTS('cache'));
    expect((await launch('cache', 'status')).stdout).toBe('cache word cache status\n');
    expect((await launch('build')).stdout).toBe('one word build\n');
    write(
      'packages/cli/dist/cache.js',
      'exports.main = async () => { console.log("published"); return 0; };',
    );
    expect((await launch('cache')).stdout).toBe('published\n');
  });
});

describe('the code that V8 compiled', () => {
  it('is written by the first run, and used by the next', async () => {
    await launch();
    const { ino } = statSync(codeFile());
    expect(await launch()).toEqual({ exitCode: 0, stdout: 'one word\n', stderr: '' });
    expect(statSync(codeFile()).ino).toBe(ino);
  });

  it('is kept for each command', async () => {
    write('packages/cli/src/index.ts', 'export const main = async (): Promise<number> => 0;');
    for (const command of ['build', 'test', '--help']) await launch(command);
    expect(cached('.code').map((name) => name.split('.')[1])).toEqual(['build', 'none', 'test']);
  });

  it('is not written by a run that failed', async () => {
    await launch('fails');
    expect(cached('.code')).toEqual([]);
  });

  const hashed = (code: Buffer): Buffer => Buffer.concat([createHash('sha256').update(code).digest(), code]);
  const flipped = (content: Buffer): Buffer => {
    const middle = content.length >> 1;
    content.writeUInt8(content.readUInt8(middle) ^ 0x10, middle);
    return content;
  };
  it.each([
    ['damaged', flipped],
    ['cut off', (content: Buffer) => content.subarray(0, 1000)],
    ['empty', () => Buffer.alloc(0)],
    ['of another V8', (content: Buffer) => hashed(flipped(Buffer.alloc(content.length)))],
  ])('is made again if it is %s', async (_, damage) => {
    await launch();
    const file = codeFile();
    const good = readFileSync(file).length;
    writeFileSync(file, damage(readFileSync(file)));
    const bad = readFileSync(file);
    expect(await launch()).toEqual({ exitCode: 0, stdout: 'one word\n', stderr: '' });
    expect(readFileSync(codeFile()).equals(bad)).toBe(false);
    expect(readFileSync(codeFile()).length).toBeGreaterThan(good / 2);
  });

  it('is optional: a run succeeds if it can’t be written', async () => {
    await launch();
    const file = codeFile();
    rmSync(file);
    mkdirSync(join(file, 'in the way'), { recursive: true });
    expect(await launch()).toEqual({ exitCode: 0, stdout: 'one word\n', stderr: '' });
    expect(cached('.tmp')).toEqual([]);
  });
});

interface SourceBundle {
  readonly COMMAND: { readonly packages: string[] };
  readonly REMOTE_CACHE: { readonly packages: string[] };
}
