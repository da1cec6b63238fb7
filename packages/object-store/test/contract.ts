import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { codesOf, valueOf } from '@image-tooling/testkit/helpers';
import { expect, it } from 'vitest';
import { bytesObject, type ListedObject, type NewObject, type ObjectStore } from '../src';

/** What every store does. `open` returns an empty one. */
export function storeContract(open: () => Promise<ObjectStore> | ObjectStore): void {
  it('returns what was stored, and nothing for another key', async () => {
    const store = await open();
    expect(valueOf(await store.put('a/b', text('hello')))).toBe('stored');
    expect(await read(store, 'a/b')).toBe('hello');
    for (const key of ['a', 'a/b/c', 'a/c', 'b']) expect(await read(store, key), key).toBeUndefined();
  });

  it('stores empty and large objects, and reads their beginnings', async () => {
    const store = await open();
    const bytes = randomBytes(3_000_000);
    valueOf(await store.put('empty', text('')));
    valueOf(await store.put('large', { ...bytesObject(bytes), sha256: sha256(bytes) }));
    expect(await read(store, 'empty')).toBe('');
    const large = valueOf(await store.get('large'))!;
    expect(large.size).toBe(bytes.length);
    expect(sha256(await buffer(large.body))).toBe(sha256(bytes));
    const beginning = valueOf(await store.get('large', { mostBytes: 10 }))!;
    expect([beginning.size, await buffer(beginning.body)]).toEqual([bytes.length, bytes.subarray(0, 10)]);
    const nothing = valueOf(await store.get('empty', { mostBytes: 10 }))!;
    expect([nothing.size, (await buffer(nothing.body)).length]).toEqual([0, 0]);
  });

  it('keeps the first object of a key', async () => {
    const store = await open();
    valueOf(await store.put('key', text('first')));
    expect(valueOf(await store.put('key', text('second')))).toBe('exists');
    expect(await read(store, 'key')).toBe('first');
  });

  it('replaces an object if asked to, and stores one that is not there', async () => {
    const store = await open();
    for (const each of ['first', 'second'])
      expect(valueOf(await store.put('key', text(each), { replaces: true }))).toBe('stored');
    expect(await read(store, 'key')).toBe('second');
  });

  it('lets one of 20 writers of a key win, whole', async () => {
    const store = await open();
    const texts = Array.from({ length: 20 }, (_, at) => `${at} `.repeat(20_000));
    const done = await Promise.all(texts.map(async (each) => valueOf(await store.put('key', text(each)))));
    expect(done.filter((each) => each === 'stored')).toHaveLength(1);
    expect(await read(store, 'key')).toBe(texts[done.indexOf('stored')]);
  });

  it('lists keys by their beginnings', async () => {
    const store = await open();
    const keys = ['a/1', 'a/2', 'a/b/3', 'ab', 'b/c/d', 'b/c-2'];
    for (const key of keys) valueOf(await store.put(key, text(key)));
    const keysBelow = async (prefix: string) => (await listed(store, prefix)).map(({ key }) => key).sort();
    expect(await keysBelow('')).toEqual([...keys].sort());
    expect(await keysBelow('a/')).toEqual(['a/1', 'a/2', 'a/b/3']);
    expect(await keysBelow('a')).toEqual(['a/1', 'a/2', 'a/b/3', 'ab']);
    expect(await keysBelow('b/c')).toEqual(['b/c-2', 'b/c/d']);
    expect(await keysBelow('c')).toEqual([]);
    const [object] = await listed(store, 'ab');
    expect(object).toMatchObject({ key: 'ab', size: 2 });
    expect(Math.abs(object!.storedAt - Date.now())).toBeLessThan(60_000);
  });

  it('deletes, also what is not there; the key is then free', async () => {
    const store = await open();
    valueOf(await store.put('key', text('one')));
    valueOf(await store.delete('key'));
    valueOf(await store.delete('key'));
    expect(await read(store, 'key')).toBeUndefined();
    expect(valueOf(await store.put('key', text('two')))).toBe('stored');
  });

  it.each([
    '',
    '/etc/passwd',
    '../up',
    'a/../../up',
    'a//b',
    'a/',
    '.hidden',
    'a/.',
    'a%2fb',
    'a\\b',
    'a\0',
    'ä',
  ])('refuses the key %j', async (key) => {
    const store = await open();
    expect(codesOf(await store.get(key))).toEqual(['usage']);
    expect(codesOf(await store.put(key, text('x')))).toEqual(['usage']);
    expect(codesOf(await store.delete(key))).toEqual(['usage']);
  });

  it('stores nothing if the object is shorter or longer than its size, breaks, or the caller stops', async () => {
    const store = await open();
    const stop = new AbortController();
    const objects: Record<string, NewObject> = {
      shorter: { ...text('short'), size: 9 },
      longer: { ...text('too long'), size: 2 },
      stopped: pieces(() => stop.abort()),
    };
    const codes = async (name: string) =>
      codesOf(await store.put(name, objects[name]!, { signal: stop.signal }));
    expect(await codes('shorter')).toEqual(['truncated']);
    expect(await codes('longer')).toEqual(['truncated']);
    expect(await codes('stopped')).toEqual(['aborted']);
    expect(await listed(store)).toEqual([]);
  });
}

export function text(content: string): NewObject {
  return bytesObject(Buffer.from(content));
}

export async function read(store: ObjectStore, key: string): Promise<string | undefined> {
  const found = valueOf(await store.get(key));
  return found && (await buffer(found.body)).toString();
}

export async function listed(store: ObjectStore, prefix = ''): Promise<ListedObject[]> {
  const found: ListedObject[] = [];
  for await (const object of store.list(prefix)) found.push(object);
  return found;
}

/** An object of two pieces, which calls back between them. */
function pieces(between: () => void): NewObject {
  return {
    size: 200_000,
    async *open() {
      yield Buffer.alloc(100_000);
      between();
      yield Buffer.alloc(100_000);
    },
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
