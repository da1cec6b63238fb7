import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archOf, platformOfNode, type OriginLayer } from '@image-tooling/model';
import { fileEntry, streamTar } from '@image-tooling/layer';
import { layerTar, openStore, writeLayer } from '@image-tooling/oci';
import { inventoryOf, loadPurls, readContents } from '@image-tooling/sbom';
import { mergePolicies, openVex, scan, type OsvEntry, type ScanReport } from '@image-tooling/scan';
import { ensureGoToolchain, goPaths, offlineEnvironment, runGo } from '@image-tooling/sources/go';
import { fillGoStore } from '@image-tooling/testkit';
import { SILENT, valueOf } from '@image-tooling/testkit/helpers';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';

const MODULE = 'example.invalid/word';
const CALLED = [1, 5, 9, 13, 17];
const PLATFORM = platformOfNode(process.arch) ?? 'linux/amd64';
const PROGRAM = 'usr/local/bin/say';

/** A library of 20 functions and methods, and a program that calls five of them. */
const FILES = {
  'go.mod': `module example.invalid/say\n\ngo 1.24\n\nrequire ${MODULE} v1.0.0\n\nreplace ${MODULE} => ./word\n`,
  'main.go': `package main\n\nimport "${MODULE}"\n\nfunc main() {\n${CALLED.map((n) => `\tword.F${n}()`).join('\n')}\n}\n`,
  'word/go.mod': `module ${MODULE}\n\ngo 1.24\n`,
  'word/word.go': `package word\n\nimport "os"\n\n${Array.from({ length: 20 }, (_, n) => `func F${n}() { os.Stdout.WriteString("${n}") }`).join('\n')}\n`,
};

const ENTRIES: OsvEntry[] = Array.from({ length: 20 }, (_, n) => ({
  id: `GO-2026-${2000 + n}`,
  affected: [
    {
      package: { ecosystem: 'Go', name: MODULE },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.1.0' }] }],
      ecosystem_specific: { imports: [{ path: MODULE, symbols: [`F${n}`] }] },
    },
  ],
}));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scan-reachability-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Compiles the program as tools are compiled: stripped. */
async function compiled(): Promise<Buffer> {
  const store = join(inject('sharedFolder'), 'go-store');
  await fillGoStore(store);
  const context = { signal: new AbortController().signal, progress: SILENT };
  const toolchain = valueOf(await ensureGoToolchain({ cache: store, context, hostEnv: process.env }));
  for (const [name, text] of Object.entries(FILES)) {
    await mkdir(join(folder, 'say', name, '..'), { recursive: true });
    await writeFile(join(folder, 'say', name), text);
  }
  const built = await runGo({
    toolchain,
    args: ['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', join(folder, 'program'), '.'],
    folder: join(folder, 'say'),
    env: offlineEnvironment(toolchain, goPaths(store), { home: folder, arch: archOf(PLATFORM) }),
    tool: 'say',
    phase: 'compile',
    signal: context.signal,
    timeoutSeconds: 200,
  });
  valueOf(built);
  return readFile(join(folder, 'program'));
}

async function report(): Promise<ScanReport> {
  const store = valueOf(await openStore(join(folder, 'store')));
  const entry = fileEntry(PROGRAM, await compiled(), { mode: 0o755, mtime: 0 });
  const { layer } = valueOf(await writeLayer([entry], { compression: 'none', store }));
  const tar = streamTar(layerTar(layer, store), { name: 'say' });
  const read = await readContents(tar, {
    ...{ name: 'say', scope: 'tools', folder },
    signal: new AbortController().signal,
  });
  const { contents, symbols } = valueOf(read);
  const origin: OriginLayer = { ...layer, kind: 'tool', owner: 'say', buildId: layer.digest, time: 0 };
  const inventory = inventoryOf({
    ...{ image: 'talk', description: 'Says words', platform: PLATFORM, manifest: layer.digest, created: 0 },
    layers: [origin],
    tools: [{ name: 'say', version: '1.0.0', description: 'Says a word', source: 'go' }],
    contents: new Map([[layer.diffId, contents]]),
  });
  const tool = { name: 'say', file: 'tools/say/tool.json', source: 'go' } as const;
  const image = { name: 'talk', file: 'images/talk/image.json', tools: [tool], setuid: [] };
  const { purlOf } = await loadPurls();
  const scanned = scan({
    subject: {
      ...{ inventory, symbols, debian: undefined, compressedSize: layer.size, setuid: [], chain: [image] },
      purlOf: (component) => purlOf(component, inventory),
    },
    policy: mergePolicies([]),
    data: { go: { version: 'v0.0.1', time: 0, entries: ENTRIES }, debian: {} },
    secrets: [],
    secretsLeftOut: { published: 0, examples: 0, unopened: 0 },
    now: 0,
  });
  return valueOf(scanned);
}

it('a Go program with 20 known vulnerabilities, five of them in functions that it has: five are reported', async () => {
  const found = await report();
  const ids = (status: string) => found.findings.filter((one) => one.status === status).map(({ id }) => id);
  expect(ids('failing')).toEqual(CALLED.map((n) => `GO-2026-${2000 + n}`));
  expect(ids('not-affected')).toHaveLength(15);
  const vex = openVex(found, { product: 'pkg:oci/talk', author: 'test', time: 0 }) as {
    statements: { vulnerability: { name: string }; status: string }[];
  };
  expect(vex.statements.map(({ vulnerability }) => vulnerability.name).sort()).toEqual(
    ids('not-affected').sort(),
  );
  expect(new Set(vex.statements.map(({ status }) => status))).toEqual(new Set(['not_affected']));
});
