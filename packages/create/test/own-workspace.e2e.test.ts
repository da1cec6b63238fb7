import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pack } from './pack';
import { ElsewhereRig } from './rig';

const HERE = 'my-images';
const DIGEST = /digest (sha256:[0-9a-f]{64})/;

let rig: ElsewhereRig;

beforeAll(async () => {
  rig = await ElsewhereRig.open();
  await rig.serve(Object.values(await pack(join(rig.folder, 'packed'), '1.0.0')));
});
afterAll(() => rig.close());

/** Returns the digest that a build prints of the image. */
async function digestOf(command: string): Promise<string | undefined> {
  return DIGEST.exec(await rig.must(command, HERE))?.[1];
}

describe('a new workspace, from an empty folder', () => {
  let built: string | undefined;

  it('is two commands away from a built image', async () => {
    await rig.must('npm create --yes @image-tooling my-images');
    built = await digestOf('npx nx run my-tools:build');
    expect(built).toBeDefined();
  });

  it('has no registry in committed files', async () => {
    const files = ['package.json', 'package-lock.json', '.npmrc', 'nx.json', 'README.md'];
    for (const file of files)
      expect(await rig.read(`${HERE}/${file}`), file).not.toMatch(/"resolved"|127\.0\.0\.1/);
  });

  it('has only files to commit in git’s status, no outputs', async () => {
    const status = await rig.must('git status --porcelain --untracked-files=all', HERE);
    expect(status).toContain('images/base/lock.json');
    expect(status).toContain('trust/debian/trixie-stable.asc');
    expect(status).not.toMatch(/node_modules|dist\/|\.nx\//);
  });

  it('builds nothing again: from Nx’s cache, and without it from the store', async () => {
    expect(await rig.must('npx nx run my-tools:build', HERE)).toContain('read the output from the cache');
    const [, ...steps] = (await rig.must('npx nx run my-tools:build --skip-nx-cache', HERE)).split(
      'apt layer',
    );
    expect(steps.join()).toContain('from the store');
    expect(await digestOf('npx nx run my-tools:build --skip-nx-cache')).toBe(built);
  });

  it('passes its tests', async () => {
    expect(await rig.must('npx nx run my-tools:test --outputStyle=stream', HERE)).toMatch(/passed|✓/);
  });

  it('gets images from the generator, which locks them', async () => {
    await rig.must(
      'npx nx g @image-tooling/nx:image more --from=my-tools --packages=less --description=Pager',
      HERE,
    );
    expect(JSON.parse(await rig.read(`${HERE}/images/more/image.json`))).toMatchObject({
      $schema: '../../node_modules/@image-tooling/nx/schemas/image.schema.json',
      from: { image: 'my-tools' },
      packages: ['less'],
    });
    const output = await rig.must('npx nx run more:build', HERE);
    expect(output).toMatch(/apt layer of my-tools .* inherited/);
    expect(output).toMatch(/apt layer of more .* own/);
    await rig.must('npx nx run more:test', HERE);
  });

  it('explains where things come from', async () => {
    const whole = await rig.must('npx nx run my-tools:explain --outputStyle=stream', HERE);
    expect(whole).toMatch(/bootstrap, \d+ packages.*apt, \d+ packages/s);
    const program = await rig.must('npx image-tooling explain my-tools --file /usr/bin/jq', HERE);
    expect(program).toMatch(/package jq 1\./);
  });

  it('installs from its lock file elsewhere, and uses the cache', async () => {
    await rig.must('rm -rf node_modules', HERE);
    await rig.must('npm ci --no-audit --no-fund', HERE);
    expect(await rig.must('npx nx run my-tools:build', HERE)).toContain('read the output from the cache');
  });

  it('runs its tasks again with another version of the command', async () => {
    const packed = [
      await pack(join(rig.folder, 'packed'), '1.0.0'),
      await pack(join(rig.folder, 'next'), '1.0.1'),
    ];
    await rig.serve(packed.flatMap((made) => Object.values(made)));
    await rig.must('npm install --no-audit --no-fund @image-tooling/nx@1.0.1 @image-tooling/cli@1.0.1', HERE);
    expect(await rig.must('npx nx run base:build', HERE)).not.toContain('read the output from the cache');
    expect(await digestOf('npx nx run my-tools:build')).toBe(built);
  });
});

describe('an existing Nx workspace', () => {
  it('keeps its projects, and gets images', async () => {
    const version = (
      JSON.parse(await rig.read(`${HERE}/package.json`)) as { devDependencies: { nx: string } }
    ).devDependencies.nx;
    await rig.write('old/package.json', {
      name: 'old',
      private: true,
      workspaces: ['packages/*'],
      devDependencies: { nx: version, '@nx/devkit': version },
    });
    await rig.write('old/nx.json', '{\n  // ours\n  "neverConnectToCloud": true,\n  "analytics": false\n}\n');
    await rig.write('old/packages/shop/package.json', { name: 'shop', version: '1.0.0' });
    await rig.write('old/images/logo.svg', '<svg/>');
    await rig.must('npm install --no-audit --no-fund', 'old');

    expect(await rig.must('npx nx add @image-tooling/nx', 'old')).toContain('npx nx run base:lock');
    expect(await rig.read('old/nx.json')).toContain('// ours');
    expect(await rig.read('old/images/logo.svg')).toBe('<svg/>');
    expect((await rig.must('npx nx show projects', 'old')).split('\n')).toEqual(
      expect.arrayContaining(['base', 'shop']),
    );
    await rig.must('git init -q', 'old');
    await rig.must('git add -A', 'old');
    await rig.must('git -c user.name=a -c user.email=a@example.invalid commit -q -m first', 'old');
    await rig.must('npx nx g @image-tooling/nx:init', 'old');
    expect(await rig.must('git status --porcelain', 'old')).toBe('');
    expect(await rig.read('old/package.json')).toContain('"@image-tooling/cli": "1.0.1"');
  });
});
