import { execFileSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  digestFileSchema,
  digestOf,
  layerFileSchema,
  layersFileSchema,
  testEvidenceSchema,
  type Json,
  type LayerFile,
  type LayersFile,
  type Schema,
} from '@image-tooling/model';
import { temporaryFolder } from '@image-tooling/testkit/helpers';
import { readOutput, writeOutput } from '../src/workspace/outputs';

const DIGEST = digestOf('');
const ORIGIN = {
  diffId: DIGEST,
  digest: DIGEST,
  size: 1,
  tarSize: 1,
  compression: 'zstd',
  buildId: DIGEST,
} as const;
const TOOL = { name: 'yq', version: '1.0.0', description: 'A tool', source: 'go' } as const;
const LAYER: LayerFile = {
  layerVersion: 1,
  platform: 'linux/amd64',
  layer: { ...ORIGIN, kind: 'tool', owner: 'yq', time: 1 },
  tool: TOOL,
};
const LAYERS: LayersFile = {
  layersVersion: 1,
  platform: 'linux/amd64',
  layers: [{ ...ORIGIN, kind: 'apt', owner: 'base', time: 1 }],
  config: { env: { PATH: '/bin' }, entrypoint: [], cmd: ['sh'], user: '1000', workdir: '/work' },
  contents: { tools: [TOOL], packages: [{ name: 'bash', version: '5' }] },
  packagesDigest: DIGEST,
};
const SOUND: [string, Schema<unknown>, object][] = [
  ['layers.json', layersFileSchema, LAYERS],
  ['layer.json', layerFileSchema, LAYER],
  ['digest.json', digestFileSchema, { manifest: DIGEST, config: DIGEST, help: DIGEST }],
  ['report.json', testEvidenceSchema, { reportVersion: 1, manifest: DIGEST, passed: true, isolated: false }],
];

/** Returns copies of a value with one member, at any depth, removed or replaced. */
function* spoilt(value: Json): Generator<Json> {
  yield* [null, [], {}, 'text', -1].filter((other) => JSON.stringify(other) !== JSON.stringify(value));
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value))
    for (const other of spoilt(member as Json)) {
      const copy = structuredClone(value) as Record<string, Json>;
      copy[key] = other;
      yield copy;
    }
}

describe.each(SOUND)('%s', (name, schema, sound) => {
  it('is read as it was written', async () => {
    const folder = temporaryFolder();
    await writeOutput(folder, name, sound);
    expect(await readOutput(folder, name, schema)).toEqual(sound);
  });

  it('counts as missing if it lacks something', async () => {
    const folder = temporaryFolder();
    for (const key of Object.keys(sound)) {
      await writeOutput(folder, name, { ...sound, [key]: undefined });
      expect([key, await readOutput(folder, name, schema)]).toEqual([key, undefined]);
    }
  });

  it('never has wrong types', () => {
    for (const wrong of spoilt(sound as Json)) {
      const { data } = schema.safeParse(wrong);
      // The remaining ones are valid: a string for a string, an empty list or object for a filled one.
      if (data !== undefined) expect(typeShape(data, sound)).toBe(true);
    }
  });
});

/** Returns whether a value has the types of a valid one; empty lists and objects are allowed. */
function typeShape(value: unknown, sound: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== typeof sound || Array.isArray(value) !== Array.isArray(sound) || value === null)
    return false;
  if (typeof value !== 'object') return true;
  return Object.entries(value).every(([key, member]) =>
    typeShape(member, (sound as Record<string, unknown>)[key]),
  );
}

describe('what is in place of an output', () => {
  const read = (folder: string) => readOutput(folder, 'layers.json', layersFileSchema);

  it.each([
    ['is cut short', '{"layersVersion": 1,'],
    ['is empty', ''],
    ['is not JSON', '\0\0'],
  ])('%s', async (_, text) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'layers.json'), text);
    expect(await read(folder)).toBeUndefined();
  });

  it('is a folder, a pipe, a file of gigabytes, or a folder that is a file', async () => {
    const folders = [temporaryFolder(), temporaryFolder(), temporaryFolder()].map((folder) =>
      join(folder, 'layers.json'),
    );
    const [folder = '', pipe = '', huge = ''] = folders;
    mkdirSync(folder);
    execFileSync('mkfifo', [pipe]);
    writeFileSync(huge, '');
    truncateSync(huge, 5e9);
    for (const path of folders) expect(await read(join(path, '..'))).toBeUndefined();
    expect(await read(huge)).toBeUndefined();
  });
});
