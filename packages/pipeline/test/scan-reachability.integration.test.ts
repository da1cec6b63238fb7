import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OriginLayer } from '@image-tooling/model';
import { fileEntry, streamTar } from '@image-tooling/layer';
import { layerTar, openStore, writeLayer } from '@image-tooling/oci';
import { inventoryOf, loadPurls, readContents } from '@image-tooling/sbom';
import {
  matchesOfImage,
  mergePolicies,
  openVex,
  OsvDatabase,
  scan,
  scanFindingsSchema,
  type ScanReport,
  type ScanSubject,
} from '@image-tooling/scan';
import { valueOf } from '@image-tooling/testkit/helpers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CALLED, compiledProgram, ENTRIES, PLATFORM } from './reachable-program';

const PROGRAM = 'usr/local/bin/say';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scan-reachability-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function report(): Promise<ScanReport> {
  const store = valueOf(await openStore(join(folder, 'store')));
  const entry = fileEntry(PROGRAM, await compiledProgram(folder), { mode: 0o755, mtime: 0 });
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
  const subject: ScanSubject = {
    ...{ inventory, debian: undefined, compressedSize: layer.size, setuid: [], chain: [image] },
    purlOf: (component) => purlOf(component, inventory),
  };
  const database = OsvDatabase.of(ENTRIES);
  const scanned = scan({
    subject,
    matches: matchesOfImage(subject, database, symbols),
    policy: mergePolicies([]),
    data: { go: { version: 'v0.0.1', time: 0, database }, debian: {} },
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
  // What release notes read of a scan.json.
  const read = scanFindingsSchema.safeParse(JSON.parse(JSON.stringify(found)));
  expect(read.data?.findings.map(({ id }) => id)).toEqual(found.findings.map(({ id }) => id));
  const vex = openVex(found, { product: 'pkg:oci/talk', author: 'test', time: 0 }) as {
    statements: { vulnerability: { name: string }; status: string }[];
  };
  expect(vex.statements.map(({ vulnerability }) => vulnerability.name).sort()).toEqual(
    ids('not-affected').sort(),
  );
  expect(new Set(vex.statements.map(({ status }) => status))).toEqual(new Set(['not_affected']));
});
