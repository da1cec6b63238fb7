import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRig, TOKENS, type Rig } from './rig';

const LARGE = 300_000;

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());

function fileOf({ folder }: Rig, hash: string): string {
  return join(folder, 'storage', 'tooling', 'trusted', hash.slice(0, 2), hash);
}

async function damagedKeys({ store }: Rig): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list('damaged/')) keys.push(key);
  return keys;
}

describe('entries', () => {
  it.each([0, 1, 2000, 65_535, 65_536, 65_537, LARGE])('of %d bytes come back', async (size) => {
    const hash = `10${size}`;
    const bytes = randomBytes(size);
    expect(await rig.put(hash, bytes)).toMatchObject({ status: 200, reason: 'stored' });
    const read = await rig.get(hash);
    expect([read.status, read.body.equals(bytes)]).toEqual([200, true]);
  });

  it('are written once', async () => {
    expect((await rig.put('200', 'first')).status).toBe(200);
    expect(await rig.put('200', 'second')).toMatchObject({ status: 409, reason: 'exists' });
    expect((await rig.get('200')).body.toString()).toBe('first');
  });

  it('of 20 writers of one key come from one of them, whole', async () => {
    const texts = Array.from({ length: 20 }, (_, at) => `${at} `.repeat(30_000));
    const answers = await Promise.all(texts.map((each) => rig.put('201', each)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
    const winner = answers.findIndex(({ status }) => status === 200);
    expect((await rig.get('201')).body.toString()).toBe(texts[winner]);
  });

  it('that are named by their content have no other, and each writer makes them young again', async () => {
    const layer = randomBytes(LARGE);
    const name = `sha256-${createHash('sha256').update(layer).digest('hex')}`;
    expect(await rig.put(name, 'other')).toMatchObject({ status: 403, reason: 'other-content' });
    expect(await rig.get(name)).toMatchObject({ status: 404 });
    expect((await rig.put(name, layer)).status).toBe(200);
    const long = new Date(Date.now() - 20 * 86_400_000);
    utimesSync(fileOf(rig, name), long, long);
    expect(await rig.put(name, 'other')).toMatchObject({ status: 403 });
    expect(statSync(fileOf(rig, name)).mtime).toEqual(long);
    expect(await rig.put(name, layer)).toMatchObject({ status: 409, reason: 'exists' });
    expect(statSync(fileOf(rig, name)).mtimeMs).toBeGreaterThan(long.getTime());
    expect((await rig.get(name)).body.equals(layer)).toBe(true);
    expect(await damagedKeys(rig)).toEqual([]);
  });

  it('keep who wrote them', async () => {
    await rig.put('202', 'x');
    const [, header = ''] = readFileSync(fileOf(rig, '202'), 'utf8').split('\n');
    expect(JSON.parse(header)).toMatchObject({
      hash: '202',
      size: 1,
      writer: { source: 'token', actor: 'writer' },
    });
  });

  it('of a named namespace are not read by others, who read the trusted ones', async () => {
    await rig.put('203', 'named', TOKENS.named);
    expect((await rig.get('203')).status).toBe(404);
    expect((await rig.get('203', TOKENS.named)).body.toString()).toBe('named');
    await rig.put('204', 'trusted');
    expect((await rig.get('204', TOKENS.named)).body.toString()).toBe('trusted');
    expect((await rig.get('204', TOKENS.other)).status).toBe(404);
  });

  it('that were not stored are missing', async () => {
    expect(await rig.get('404')).toMatchObject({ status: 404, reason: 'miss' });
  });
});

describe('damage', () => {
  const change = (path: string, at: number) => {
    const bytes = readFileSync(path);
    bytes[at < 0 ? bytes.length + at : at]! ^= 1;
    writeFileSync(path, bytes);
  };
  it.each<[string, number, (path: string) => void]>([
    ['a flipped bit in a small entry', 100, (path) => change(path, -1)],
    ['a flipped bit in a large entry', LARGE, (path) => change(path, -1000)],
    ['a flipped bit in the format', 100, (path) => change(path, 3)],
    ['a flipped bit in the hash of the header', LARGE, (path) => change(path, 50)],
    ['a cut-off small entry', 100, (path) => truncateSync(path, 150)],
    ['a cut-off large entry', LARGE, (path) => truncateSync(path, LARGE)],
    ['an empty object', 100, (path) => truncateSync(path, 0)],
    [
      'added bytes',
      100,
      (path) => writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from('x')])),
    ],
    ['another entry in its place', LARGE, (path) => writeFileSync(path, readFileSync(`${path}9`))],
  ])('%s is a miss, is set aside, and can be stored again', async (_, size, damage) => {
    const hash = `5${createHash('sha256').update(_).digest('hex').slice(0, 16)}`;
    await rig.put(hash, randomBytes(size));
    await rig.put(`${hash}9`, randomBytes(size));
    const before = (await damagedKeys(rig)).length;
    damage(fileOf(rig, hash));
    expect(await rig.get(hash)).toMatchObject({ status: 404, reason: 'miss' });
    expect(existsSync(fileOf(rig, hash))).toBe(false);
    expect(await damagedKeys(rig)).toHaveLength(before + 1);
    expect((await rig.put(hash, 'again')).status).toBe(200);
    expect((await rig.get(hash)).body.toString()).toBe('again');
    expect(rig.log).toContainEqual(
      expect.objectContaining({ event: 'damaged', key: expect.stringContaining(hash) as string }),
    );
  });
});
