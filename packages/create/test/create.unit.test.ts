import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseImage } from '@image-tooling/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestHost } from './host';

const INIT = 'nx generate @image-tooling/nx:init --skipInstall --no-interactive';
const LOCK = 'nx run my-tools:lock --outputStyle=stream';

let host: TestHost;
beforeEach(() => {
  host = new TestHost();
});
afterEach(() => {
  expect(host.listens).toBe(false);
  host.remove();
});

const here = (path = '') => readdirSync(join(host.folder, path)).sort();
const modeOf = (path: string) => statSync(join(host.folder, path)).mode;
const text = (path: string) => readFileSync(join(host.folder, path), 'utf8');

describe('a new workspace', () => {
  it('is installed, prepared by the generator and locked, in this order', async () => {
    const { exitCode, stdout, stderr } = await host.run(['my-images']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(host.calls()).toEqual(['npm install --no-audit --no-fund --loglevel=error', INIT, LOCK]);
    expect(stdout).toMatchInlineSnapshot(`
      "Installing Nx 23.2.1 and image-tooling 1.2.3 …
      Made <here>/my-images
      Resolving the versions of its packages …

      Next:
        cd my-images
        npx nx run my-tools:build
      "
    `);
  });

  it('is locked with Nx’s own terminal output, where streaming breaks line ends', async () => {
    host.isTTY = true;
    await host.run(['my-images']);
    expect(host.calls().at(-1)).toBe('nx run my-tools:lock');
  });

  it('has what npm, Nx and the first image need, and no temporary names', async () => {
    await host.run(['my-images']);
    expect(here()).toEqual(['my-images']);
    expect(here('my-images')).toEqual([
      '.git',
      '.gitignore',
      '.npmrc',
      'README.md',
      'images',
      'node_modules',
      'nx.json',
      'package.json',
    ]);
    expect(JSON.parse(text('my-images/package.json'))).toEqual({
      name: 'my-images',
      private: true,
      engines: { node: '>=20.19' },
      devDependencies: {
        '@image-tooling/cli': '1.2.3',
        '@image-tooling/nx': '1.2.3',
        '@nx/devkit': '23.2.1',
        nx: '23.2.1',
      },
    });
    const file = 'my-images/images/my-tools/image.json';
    expect(parseImage(file, text(file))).toMatchObject({ ok: true });
    // Other users can read it, too.
    mkdirSync(join(host.folder, 'other'));
    expect(modeOf('my-images')).toBe(modeOf('other'));
  });

  it('can be made in the current folder, which is not replaced', async () => {
    const before = statSync(host.folder).ino;
    mkdirSync(join(host.folder, 'here/.git'), { recursive: true });
    const { exitCode, stdout } = await host.run(['here']);
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain('cd here');
    expect(statSync(host.folder).ino).toBe(before);
    expect(here()).toEqual(['here']);
    expect(here('here')).toContain('nx.json');
    expect(here('here/.git')).toEqual([]);
  });

  it('is not locked if not wanted, or without a container engine', async () => {
    expect(await host.run(['one', '--no-lock'])).toMatchObject({ exitCode: 0 });
    const none = { PATH: '', _EXPERIMENTAL_DAGGER_RUNNER_HOST: '' };
    const { exitCode, stdout } = await host.run(['two'], none);
    expect(exitCode).toBe(0);
    expect(host.calls()).not.toContain(LOCK);
    expect(stdout).toContain('npx nx run my-tools:lock && npx nx run my-tools:build');
  });

  it('is kept if only its locks fail, with how to continue', async () => {
    const { exitCode, stderr } = await host.run(['my-images'], { FAKE_NX_FAILS: LOCK.slice('nx '.length) });
    expect(exitCode).toBe(1);
    expect(stderr).toMatchInlineSnapshot(`
      "error: "nx run my-tools:lock --outputStyle=stream" ended with exit code 1. (command-failed)

      The workspace is there, but not its locks. Continue with:
        cd my-images
        npx nx run my-tools:lock && npx nx run my-tools:build
      "
    `);
    expect(here()).toEqual(['my-images']);
  });
});

describe('nothing is left behind', () => {
  it.each([
    ['npm', { FAKE_NPM: 'fails' }, 'npm fails'],
    ['the generator', { FAKE_NX_FAILS: INIT.slice('nx '.length) }, 'nx fails'],
  ])('if %s fails', async (_who, env, why) => {
    const { exitCode, stderr } = await host.run(['my-images'], env);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(why);
    expect(here()).toEqual([]);
  });

  it('if the user stops it', async () => {
    const ended = host.run(['my-images'], { FAKE_NPM: 'hangs' });
    await host.stopAt('npm install');
    expect(await ended).toMatchObject({ exitCode: 130, stderr: 'Stopped. Nothing was left behind.\n' });
    expect(here()).toEqual([]);
  });

  it('if npm gets the signal first', async () => {
    const { exitCode, stderr } = await host.run(['my-images'], { FAKE_NPM: 'interrupted' });
    expect({ exitCode, stderr }).toEqual({ exitCode: 130, stderr: 'Stopped. Nothing was left behind.\n' });
    expect(here()).toEqual([]);
  });

  it('except the finished workspace, if the user stops the locks', async () => {
    const ended = host.run(['my-images'], { FAKE_NX_HANGS: LOCK.slice('nx '.length) });
    await host.stopAt(LOCK);
    const { exitCode, stderr } = await ended;
    expect(exitCode).toBe(130);
    expect(stderr).toContain('The workspace is there, but not its locks.');
    expect(here()).toEqual(['my-images']);
  });
});

describe('what it refuses', () => {
  const seen = async (...args: string[]) => {
    const before = here();
    const { exitCode, stdout, stderr } = await host.run(args);
    expect({ exitCode, stdout, calls: host.calls(), left: here() }).toEqual({
      exitCode: 1,
      stdout: '',
      calls: [],
      left: before,
    });
    return stderr;
  };

  it('a folder that is not empty', async () => {
    mkdirSync(join(host.folder, 'full'));
    host.write('full/notes.txt', 'mine');
    expect(await seen('full')).toMatchInlineSnapshot(`
      "error: <here>/full is not empty: it contains notes.txt. (usage)
        help: Choose another folder; to add images to an existing Nx workspace: npx nx add @image-tooling/nx
      "
    `);
  });

  it('a file, and a folder without a parent', async () => {
    host.write('file', 'mine');
    expect(await seen('file')).toContain('<here>/file is a file.');
    expect(await seen('none/my-images')).toContain('There is no folder <here>/none.');
  });

  it.each(['My-Images', '.hidden', 'a b', 'ä', '@scope', 'x'.repeat(101)])('the name "%s"', async (name) => {
    expect(await seen(name)).toContain(`"${name}" can't be the name of a workspace.`);
  });

  it('a command line without, with too many and with unknown arguments', async () => {
    expect(await seen()).toMatchInlineSnapshot(`
      "error: No folder given for the workspace. (usage)
        help: Write: npm create @image-tooling my-images
      "
    `);
    expect(await seen('one', 'two')).toContain('got 2');
    expect(await seen('one', '--force')).toContain("Unknown option '--force'");
  });
});

describe('help', () => {
  it('is printed, and nothing is made', async () => {
    const { exitCode, stdout } = await host.run(['--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('npm create @image-tooling <folder>');
    expect(here()).toEqual([]);
  });
});
