import { caught, isErrno, valueOf } from '@image-tooling/host';
import { ok, type Failure, type Result } from '@image-tooling/model';
import {
  sha256OfContentKey,
  type NewObject,
  type ObjectStore,
  type StoredObject,
} from '@image-tooling/object-store';
import { headerBytes } from './format';
import { checkObject, type Checked, type FoundEntry } from './found';
import { DAMAGED, keyOf, type Namespace } from './namespaces';
import type { Received } from './received';
import type { Writer } from './writer';

export interface EntriesOptions {
  readonly store: ObjectStore;
  /** For temporary files. */
  readonly folder: string;
  /** Called for each damaged entry, after it was set aside. */
  readonly onDamage: (key: string, failure: Failure | undefined) => void;
}

/** The entries of all namespaces, in one store. */
export class Entries {
  constructor(private readonly options: EntriesOptions) {}

  /** Returns an entry that was checked, or undefined. A damaged one is set aside: the key is free again. */
  async read(
    namespace: Namespace,
    hash: string,
    signal?: AbortSignal,
  ): Promise<Result<FoundEntry | undefined>> {
    const { store, folder } = this.options;
    const key = keyOf(namespace, hash);
    const object = await store.get(key, { ...(signal && { signal }) });
    if (!object.ok || !object.value) return object as Result<undefined>;
    const { value } = object;
    const checked = await caught(store.name, () => checkedOrClosed(value, hash, folder));
    if (!checked.ok || checked.value !== 'damaged') return checked as Result<FoundEntry | undefined>;
    await this.setAside(key);
    return ok(undefined);
  }

  /**
   * Stores an entry unless its key is taken. One that is named by its content is stored again then: it is as young as the
   * newest entry that needs it. Fails as the store does.
   */
  async write(
    namespace: Namespace,
    hash: string,
    content: Received,
    writer: Writer,
  ): Promise<Result<'stored' | 'exists' | 'other-content'>> {
    const { size, sha256 } = content;
    const named = sha256OfContentKey(hash);
    if (named !== undefined && named !== sha256) return ok('other-content');
    const { store } = this.options;
    const key = keyOf(namespace, hash);
    const header = headerBytes({ hash, sha256, size, time: new Date().toISOString(), writer });
    const object: NewObject = { size: header.length + size, open: () => joined(header, content) };
    return named === undefined ? store.put(key, object) : this.writeNamed(key, object);
  }

  /** Asks before it writes: a bucket would receive what it has twice. */
  private async writeNamed(key: string, object: NewObject): Promise<Result<'stored' | 'exists'>> {
    const { store } = this.options;
    const found = await store.get(key, { mostBytes: 1 });
    if (!found.ok) return found;
    if (!found.value) return store.put(key, object);
    found.value.body.destroy();
    const renewed = await store.put(key, object, { replaces: true });
    return renewed.ok ? ok('exists') : renewed;
  }

  /** Moves a damaged object out of reach. If it can't be kept, it is deleted all the same. */
  private async setAside(key: string): Promise<void> {
    const { store, onDamage } = this.options;
    const kept = await caught(store.name, () => this.copyAside(key));
    const deleted = await store.delete(key);
    const failure = [kept, deleted].flatMap((result) => (result.ok ? [] : result.failures))[0];
    onDamage(key, failure);
  }

  private async copyAside(key: string): Promise<void> {
    const { store } = this.options;
    const object = valueOf(await store.get(key));
    if (!object) return;
    const to = `${DAMAGED}/${key}-${Date.now()}`;
    valueOf(await store.put(to, { size: object.size, open: () => object.body as AsyncIterable<Uint8Array> }));
  }
}

async function checkedOrClosed(
  object: StoredObject,
  hash: string,
  folder: string,
): Promise<Checked | undefined> {
  try {
    return await checkObject(object, hash, folder);
  } catch (error) {
    object.body.destroy();
    // Deleted after it was found.
    if (isErrno(error) && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function* joined(header: Buffer, content: Received): AsyncGenerator<Uint8Array> {
  yield header;
  yield* content.open();
}
