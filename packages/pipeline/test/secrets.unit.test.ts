import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { fileEntry, type TarEntry } from '@image-tooling/layer';
import {
  CONSTANT_TIME,
  hexOf,
  layerBuildId,
  type Image,
  type LayerKind,
  type LayersFile,
  type OriginLayer,
} from '@image-tooling/model';
import { writeLayer } from '@image-tooling/oci';
import { recordOfSecrets, secretFindings, type ImageSecrets } from '@image-tooling/scan';
import { temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { builtLayer } from '../src/build/layers/built-layer';
import { imageSecrets } from '../src/secrets';
import type { Session } from '../src/session';
import { writeFacts } from '../src/workspace/fact-files';
import { outputFolder } from '../src/workspace/outputs';
import { scratchStore } from './store/scratch';

const TOKEN = `ghp_${'q7Zk2XvB9mWt4RcY8nLs'.repeat(2).slice(0, 36)}`;
const NETRC = fileEntry('root/.netrc', `machine a.example login b password ${TOKEN}`);

const NONE = { hits: [], unopened: 0 };

let session: Session;

beforeEach(async () => {
  session = { ...(await scratchStore()), root: temporaryFolder() } as unknown as Session;
});

async function putLayer(kind: LayerKind, owner: string, ...entries: TarEntry[]): Promise<OriginLayer> {
  const { layer, paths } = valueOf(await writeLayer(entries, { compression: 'zstd', store: session.store }));
  const buildId = layerBuildId({ kind, owner });
  valueOf(await session.store.putBuild(buildId, layer, paths));
  return { kind, owner, buildId, time: CONSTANT_TIME, ...layer };
}

function imageOf(name: string, env: Record<string, string>, parent?: Image): Image {
  return {
    name,
    folder: `images/${name}`,
    definition: { config: { env } },
    tools: [],
    ...(parent && { parent }),
  } as unknown as Image;
}

const BASE = imageOf('base', { BASE_TOKEN: 'kfj38fhw' });
const CHILD = imageOf('child', { CHILD_PASSWORD: 'x8s7df6g' }, BASE);
const ENV = {
  BASE_TOKEN: 'kfj38fhw',
  CHILD_PASSWORD: 'x8s7df6g',
  OF_REGISTRY_SECRET: 'p9o8i7u6',
  PATH: '/bin',
};

async function searched(...layers: OriginLayer[]): Promise<ImageSecrets> {
  const inheritance = { config: { env: ENV, entrypoint: [], cmd: [] } } as unknown as LayersFile;
  return valueOf(
    await imageSecrets(session, { image: CHILD, platform: 'linux/amd64' }, { layers, inheritance }),
  );
}

const recordOf = ({ diffId }: OriginLayer) => join(session.store.root, 'secrets', `${hexOf(diffId)}.json.gz`);

it('finds what a later layer removes, and variables with the image that sets them', async () => {
  const below = await putLayer('files', 'base', NETRC);
  const above = await putLayer('files', 'child', fileEntry('root/.wh..netrc', ''));
  const findings = secretFindings(await searched(below, above), (layer, owner) => ({
    owner: owner ?? (layer === below.digest ? 'base' : 'child'),
    file: 'image.json',
  }));
  expect(findings.map(({ place, owner }) => `${owner}: ${place}`)).toEqual([
    'base: /root/.netrc',
    'base: ENV BASE_TOKEN',
    'base: ENV OF_REGISTRY_SECRET',
    'child: ENV CHILD_PASSWORD',
  ]);
  expect(findings[0]?.title).toContain('still in the layer');
});

it('reads the blob of a layer once', async () => {
  const layer = await putLayer('files', 'base', NETRC);
  const found = await searched(layer);
  await rm(session.store.blobPath(layer.digest));
  expect(await searched(layer)).toEqual(found);
});

it('does not unpack a layer that was built in a workspace with a scan.json', async () => {
  const build = async (root: string): Promise<OriginLayer> => {
    const of = { ...session, root, options: { compression: 'zstd' } } as unknown as Session;
    const { layer, paths } = valueOf(await builtLayer(of, 'tool', [NETRC]));
    const buildId = layerBuildId({ root });
    valueOf(await session.store.putBuild(buildId, layer, paths));
    return { kind: 'tool', owner: 'base', buildId, time: CONSTANT_TIME, ...layer };
  };
  const unsearched = await build(temporaryFolder());
  expect(existsSync(recordOf(unsearched))).toBe(false);
  const found = await searched(unsearched);
  await rm(recordOf(unsearched));
  const scannedWorkspace = temporaryFolder();
  await writeFile(join(scannedWorkspace, 'scan.json'), '{}');
  const layer = await build(scannedWorkspace);
  await rm(session.store.blobPath(layer.digest));
  expect(await searched(layer)).toEqual(found);
  expect(found.layers[0]?.secrets.hits).toHaveLength(1);
});

describe('secrets in the outputs of a build', () => {
  let layer: OriginLayer;
  let found: ImageSecrets;
  let folder: string;

  beforeEach(async () => {
    layer = await putLayer('files', 'base', NETRC);
    found = await searched(layer);
    folder = outputFolder(session.root, BASE, 'linux/amd64');
    await mkdir(folder, { recursive: true });
    valueOf(await writeFacts('secrets', session.store, folder, [layer.diffId]));
    await rm(recordOf(layer));
  });

  it('save the search on another machine, which needs no blob', async () => {
    await rm(session.store.blobPath(layer.digest));
    expect(await searched(layer)).toEqual(found);
  });

  it.each([
    ['by other rules', (record: object) => ({ ...record, rules: 'sha256:0' })],
    ['in another format', (record: object) => ({ ...record, secretsVersion: 2 })],
    ['with invalid hits', (record: object) => ({ ...record, hits: [{}] })],
  ])('do not count if they were found %s', async (_what, change) => {
    valueOf(await session.store.putFact('secrets', layer.diffId, change({ ...recordOfSecrets(NONE) })));
    valueOf(await writeFacts('secrets', session.store, folder, [layer.diffId]));
    await rm(recordOf(layer));
    expect(await searched(layer)).toEqual(found);
  });

  it('do not say that a layer of another project was searched', async () => {
    const other = await putLayer('files', 'child', NETRC, fileEntry('etc/motd', 'hello'));
    valueOf(await session.store.putFact('secrets', other.diffId, recordOfSecrets(NONE)));
    valueOf(await writeFacts('secrets', session.store, folder, [layer.diffId, other.diffId]));
    await rm(recordOf(other));
    const { layers } = await searched(layer, other);
    expect(layers.map(({ secrets }) => secrets.hits.length)).toEqual([1, 1]);
  });

  it('are written again if they were found by other rules', async () => {
    const file = join(folder, 'secrets.json.gz');
    const written = gunzipSync(await readFile(file)).toString();
    const others = written.replaceAll(/"(rules|secretsFormat)":"[^"]*"/g, '"$1":"sha256:0"');
    await writeFile(file, gzipSync(others));
    await searched(layer);
    valueOf(await writeFacts('secrets', session.store, folder, [layer.diffId]));
    expect(gunzipSync(await readFile(file)).toString()).toBe(written);
  });
});

it('keeps no part of a secret', async () => {
  const layer = await putLayer('files', 'base', NETRC);
  await searched(layer);
  const record = gunzipSync(await readFile(recordOf(layer))).toString();
  expect(record).toContain('root/.netrc');
  expect(record).toContain('ghp_…');
  expect(record).not.toContain(TOKEN.slice(0, 6));
});

it.each([
  ['was made with other rules', { secretsVersion: 1, rules: 'sha256:0', hits: [], unopened: 0 }],
  ['has invalid hits', { secretsVersion: 1, hits: [{}], unopened: 0 }],
])('searches again if the record %s', async (_what, record) => {
  const layer = await putLayer('files', 'base', NETRC);
  valueOf(await session.store.putFact('secrets', layer.diffId, record));
  expect((await searched(layer)).layers[0]?.secrets.hits).toHaveLength(1);
});

it('searches again if the record is damaged', async () => {
  const layer = await putLayer('files', 'base', NETRC);
  await searched(layer);
  await writeFile(recordOf(layer), 'damaged');
  expect((await searched(layer)).layers[0]?.secrets.hits).toHaveLength(1);
});

it('reads path indexes only if a secret is reported: one that is damaged then fails it', async () => {
  const harmless = await putLayer('files', 'base', fileEntry('etc/motd', 'hello'));
  const layer = await putLayer('files', 'child', NETRC);
  const indexOf = ({ diffId }: OriginLayer) => join(session.store.root, 'paths', `${hexOf(diffId)}.json`);
  await writeFile(indexOf(harmless), 'damaged');
  expect((await searched(harmless)).layers[0]?.paths.size).toBe(0);
  await expect(searched(harmless, layer)).rejects.toThrow('path index of the files layer of base');
});

it('lists its records among the files of the store', async () => {
  const layer = await putLayer('files', 'base', NETRC);
  await searched(layer);
  const files = await session.store.files();
  expect(files.filter(({ kind }) => kind === 'secrets').map(({ digest }) => digest)).toEqual([layer.diffId]);
});
