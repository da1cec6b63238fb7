import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileEntry } from '@image-tooling/layer';
import {
  CONSTANT_TIME,
  hexOf,
  layerBuildId,
  type GoModule,
  type Image,
  type LayerKind,
  type OriginLayer,
} from '@image-tooling/model';
import { writeLayer } from '@image-tooling/oci';
import { OsvDatabase, type LinkedSymbols, type ModuleMatch, type OsvEntry } from '@image-tooling/scan';
import { valueOf } from '@image-tooling/testkit/helpers';
import { beforeEach, describe, expect, it } from 'vitest';
import { imageMatches } from '../src/scan/image-matches';
import type { Session } from '../src/session';
import { scratchStore } from './store/scratch';

const PLATFORM = 'linux/amd64';
const PROGRAM = 'usr/local/bin/say';

let session: Session;
let layer: OriginLayer;

beforeEach(async () => {
  session = { ...(await scratchStore()), root: '/nonexistent' } as unknown as Session;
  layer = await putLayer('tool', 'say');
  await putSymbols({ [PROGRAM]: { 'example.invalid/word': ['Say'] } });
});

async function putLayer(kind: LayerKind, owner: string): Promise<OriginLayer> {
  const entry = fileEntry(PROGRAM, owner);
  const { layer } = valueOf(await writeLayer([entry], { compression: 'none', store: session.store }));
  return { kind, owner, buildId: layerBuildId({ kind, owner }), time: CONSTANT_TIME, ...layer };
}

const putSymbols = async (symbols: LinkedSymbols): Promise<void> =>
  valueOf(await session.store.putFact('symbols', layer.diffId, symbols));

function entry(id: string, symbol: string): OsvEntry {
  const path = 'example.invalid/word';
  return {
    id,
    affected: [
      {
        package: { ecosystem: 'Go', name: path },
        ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.1.0' }] }],
        ecosystem_specific: { imports: [{ path, symbols: [symbol] }] },
      },
    ],
  };
}

const SAID = entry('GO-1', 'Say');
const DATABASE = OsvDatabase.of([SAID, entry('GO-2', 'Sing')]);
const IMAGE = { name: 'talk', tools: [] } as unknown as Image;

async function compared(database = DATABASE, of = layer): Promise<string[]> {
  const module: GoModule = {
    ...{ kind: 'go', name: 'example.invalid/word', version: 'v1.0.0', program: PROGRAM },
    ...{ tool: of.owner, layer: of.digest },
  };
  const matches = await imageMatches(
    session,
    {
      ...{ image: IMAGE, platform: PLATFORM, layers: [of] },
      subject: {
        inventory: {
          ...{ image: 'talk', description: '', platform: PLATFORM, manifest: of.digest, created: 0 },
          ...{ layers: [of], components: [module], unread: [] },
        },
        ...{ debian: undefined, compressedSize: 0, setuid: [], purlOf: () => undefined },
        chain: [{ name: 'talk', file: 'images/talk/image.json', tools: [], setuid: [] }],
      },
    },
    database,
  );
  return [...valueOf(matches).values()].flat().map(said);
}

const said = ({ id, isAbsent }: ModuleMatch): string => `${id}${isAbsent ? ' absent' : ''}`;
const recordOf = () => join(session.store.root, 'matches', `${hexOf(layer.diffId)}.json.gz`);

describe('what Go’s database says of a layer', () => {
  it('is compared once: a later scan reads no functions of its programs', async () => {
    expect(await compared()).toEqual(['GO-1', 'GO-2 absent']);
    await putSymbols({ [PROGRAM]: { 'example.invalid/word': ['Sing'] } });
    expect(await compared()).toEqual(['GO-1', 'GO-2 absent']);
    await rm(recordOf());
    expect(await compared()).toEqual(['GO-1 absent', 'GO-2']);
  });

  it.each<[string, (record: Buffer) => Buffer]>([
    ['is cut off', (record) => record.subarray(0, -9)],
    ['is empty', () => Buffer.alloc(0)],
    ['has a flipped bit', (record) => Buffer.from(record.map((byte, at) => (at === 40 ? byte ^ 1 : byte)))],
  ])('is compared again if its record %s', async (_, change) => {
    await compared();
    await writeFile(recordOf(), change(await readFile(recordOf())));
    await putSymbols({ [PROGRAM]: {} });
    expect(await compared()).toEqual(['GO-1 absent', 'GO-2 absent']);
    await putSymbols({ [PROGRAM]: { 'example.invalid/word': ['Say'] } });
    expect(await compared()).toEqual(['GO-1 absent', 'GO-2 absent']);
  });

  it('is compared again with another database', async () => {
    await compared();
    expect(await compared(OsvDatabase.of([SAID]))).toEqual(['GO-1']);
    expect(await compared()).toEqual(['GO-1', 'GO-2 absent']);
  });

  it('is not kept without the functions of its programs, which may be known the next time', async () => {
    await rm(join(session.store.root, 'symbols', `${hexOf(layer.diffId)}.json.gz`));
    expect(await compared()).toEqual(['GO-1', 'GO-2']);
    await putSymbols({ [PROGRAM]: {} });
    expect(await compared()).toEqual(['GO-1 absent', 'GO-2 absent']);
  });

  it('is all that is known of the modules, if the layer is of a registry image', async () => {
    const base = await putLayer('base', 'talk');
    expect(await compared(DATABASE, base)).toEqual(['GO-1', 'GO-2']);
  });

  it('is among the files of the store', async () => {
    await compared();
    const files = await session.store.files();
    expect(files.filter(({ kind }) => kind === 'matches').map(({ digest }) => digest)).toEqual([
      layer.diffId,
    ]);
  });
});
