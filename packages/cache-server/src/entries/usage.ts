import { namespaceOf, type Namespace } from './namespaces';

export interface Quota {
  /** Bytes of one namespace. */
  readonly namespace: number;
  /** Bytes of all. */
  readonly total: number;
}

/** How many bytes each namespace uses: counted while entries come and go, corrected by each listing of the store. */
export class Usage {
  private bytes = new Map<Namespace, number>();
  private sum = 0;
  /** What was stored since a listing began, which may have missed it. */
  private added: Map<Namespace, number> | undefined;

  /** Takes bytes for an entry that is being written; returns false if they are not left. Give them back by `add`. */
  reserve(namespace: Namespace, bytes: number, quota: Quota): boolean {
    if (this.of(namespace) + bytes > quota.namespace || this.sum + bytes > quota.total) return false;
    this.add(namespace, bytes);
    return true;
  }

  /** Counts bytes; negative ones for what was deleted or not stored. */
  add(namespace: Namespace, bytes: number): void {
    this.bytes.set(namespace, this.of(namespace) + bytes);
    this.sum += bytes;
    this.added?.set(namespace, (this.added.get(namespace) ?? 0) + bytes);
  }

  of(namespace: Namespace): number {
    return this.bytes.get(namespace) ?? 0;
  }

  get total(): number {
    return this.sum;
  }

  /** Returns the bytes of all namespaces. */
  all(): ReadonlyMap<Namespace, number> {
    return this.bytes;
  }

  /** To be called before a listing. */
  beginListing(): void {
    this.added = new Map();
  }

  /** Replaces the counts by those of a listing, and what came since it began. */
  endListing(listed: ReadonlyMap<string, number>): void {
    const added = this.added ?? new Map<Namespace, number>();
    this.added = undefined;
    this.bytes = new Map();
    this.sum = 0;
    for (const [key, bytes] of [...listed, ...added]) this.add(key as Namespace, Math.max(0, bytes));
  }
}

/** Counts a listed object by its namespace. */
export function countObject(counts: Map<string, number>, key: string, size: number): void {
  const namespace = namespaceOf(key) ?? 'damaged/own/';
  counts.set(namespace, (counts.get(namespace) ?? 0) + size);
}
