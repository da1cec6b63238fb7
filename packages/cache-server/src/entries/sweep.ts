import { basename } from 'node:path';
import { sha256OfContentKey, type ListedObject, type ObjectStore } from '@image-tooling/object-store';
import { valueOf } from '@image-tooling/host';
import { kindOf, namespaceOf, type Kind, type Namespace } from './namespaces';
import { countObject, type Usage } from './usage';

/** By kind of namespace. */
export interface SweepLimits {
  /** Entries are deleted when they are as old, in milliseconds. */
  readonly keepMs: Readonly<Record<Kind, number>>;
  /** Bytes of one namespace. */
  readonly quota: Readonly<Record<Kind, number>>;
}

export interface SweepResult {
  /** Deleted objects, and their bytes. */
  readonly expired: number;
  readonly expiredBytes: number;
  /** Of namespaces that were nearly full. */
  readonly evicted: number;
}

/** A namespace above this share of its quota loses its oldest entries … */
const FULL = 0.9;
/** … until it is at this share. */
const ROOM = 0.75;

/** The oldest entries are found by the hour: a list of all entries could be too large for memory. */
const HOUR_MS = 3_600_000;

/** Deletes expired entries, and the oldest ones of namespaces that are nearly full; counts what is left. */
export async function sweep(
  store: ObjectStore,
  usage: Usage,
  limits: SweepLimits,
  now: number,
): Promise<SweepResult> {
  usage.beginListing();
  const hours = new Map<Namespace, Map<number, number>>();
  const counts = new Map<string, number>();
  let [expired, expiredBytes, evicted] = [0, 0, 0];
  for await (const object of store.list('')) {
    if (isExpired(object, limits, now)) {
      valueOf(await store.delete(object.key));
      expired++;
      expiredBytes += object.size;
    } else {
      countObject(counts, object.key, object.size);
      countHour(hours, object);
    }
  }
  for (const [namespace, bytesByHour] of hours) {
    const until = evictUntil(bytesByHour, limits.quota[kindOf(namespace)]);
    if (until !== undefined) evicted += await evict(store, namespace, until, counts);
  }
  usage.endListing(counts);
  return { expired, expiredBytes, evicted };
}

/** A layer is stored before the result that names it, and must not be deleted first: no run uploads for an hour. */
function lastNeeded({ key, storedAt }: ListedObject): number {
  return sha256OfContentKey(basename(key)) === undefined ? storedAt : storedAt + HOUR_MS;
}

function isExpired(object: ListedObject, { keepMs }: SweepLimits, now: number): boolean {
  const namespace = namespaceOf(object.key);
  return now - lastNeeded(object) > keepMs[namespace ? kindOf(namespace) : 'own'];
}

function countHour(hours: Map<Namespace, Map<number, number>>, object: ListedObject): void {
  const namespace = namespaceOf(object.key);
  if (!namespace) return;
  const counts = hours.get(namespace) ?? new Map<number, number>();
  const hour = Math.floor(lastNeeded(object) / HOUR_MS);
  hours.set(namespace, counts.set(hour, (counts.get(hour) ?? 0) + object.size));
}

/** Returns the time before which entries are deleted; undefined if there is room. */
function evictUntil(bytesByHour: ReadonlyMap<number, number>, quota: number): number | undefined {
  let left = [...bytesByHour.values()].reduce((sum, bytes) => sum + bytes, 0);
  if (left <= quota * FULL) return undefined;
  for (const [hour, bytes] of [...bytesByHour].sort(([a], [b]) => a - b)) {
    left -= bytes;
    if (left <= quota * ROOM) return (hour + 1) * HOUR_MS;
  }
  return undefined;
}

async function evict(
  store: ObjectStore,
  namespace: Namespace,
  until: number,
  counts: Map<string, number>,
): Promise<number> {
  let evicted = 0;
  for await (const object of store.list(`${namespace}/`)) {
    if (lastNeeded(object) >= until) continue;
    valueOf(await store.delete(object.key));
    countObject(counts, object.key, -object.size);
    evicted++;
  }
  return evicted;
}
