/** A bucket of a bbolt database: values, and buckets in it. */
export interface Bucket {
  readonly [key: string]: Bucket | Buffer;
}

const PAGE = 4096;
/** go.etcd.io/bbolt, internal/common: page.go, meta.go, inode.go. */
const FLAGS = { leaf: 0x02, meta: 0x04, freelist: 0x10, bucket: 0x01 };
const [MAGIC, VERSION] = [0xed0cdaed, 2];
const FIRST_PAGE = 3;

/** Returns a bbolt database (as Trivy's) in which each bucket is one leaf page, with as many pages behind it as it needs. */
export function boltFile(root: Bucket): Buffer {
  const pages: Buffer[] = [];
  const place = (bucket: Bucket): number => {
    const items = Object.entries(bucket)
      .map(([key, value]) => ({
        key: Buffer.from(key),
        isBucket: !Buffer.isBuffer(value),
        value: Buffer.isBuffer(value) ? value : bucketValue(place(value)),
      }))
      .sort((a, b) => Buffer.compare(a.key, b.key));
    const at = FIRST_PAGE + pages.reduce((sum, page) => sum + page.length / PAGE, 0);
    pages.push(leafPage(at, items));
    return at;
  };
  const rootPage = place(root);
  const count = FIRST_PAGE + pages.reduce((sum, page) => sum + page.length / PAGE, 0);
  const freelist = Buffer.alloc(PAGE);
  header(freelist, { id: 2, flags: FLAGS.freelist, count: 0, overflow: 0 });
  return Buffer.concat([metaPage(0, rootPage, count), metaPage(1, rootPage, count), freelist, ...pages]);
}

/** The page of its root, and a sequence number. */
function bucketValue(page: number): Buffer {
  const value = Buffer.alloc(16);
  value.writeBigUInt64LE(BigInt(page), 0);
  return value;
}

interface Item {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly isBucket: boolean;
}

function leafPage(id: number, items: readonly Item[]): Buffer {
  const contents = items.map(({ key, value }) => Buffer.concat([key, value]));
  const size = 16 + 16 * items.length + contents.reduce((sum, { length }) => sum + length, 0);
  const page = Buffer.alloc(Math.ceil(size / PAGE) * PAGE);
  header(page, { id, flags: FLAGS.leaf, count: items.length, overflow: page.length / PAGE - 1 });
  let at = 16 + 16 * items.length;
  items.forEach(({ key, value, isBucket }, index) => {
    const element = 16 + 16 * index;
    page.writeUInt32LE(isBucket ? FLAGS.bucket : 0, element);
    page.writeUInt32LE(at - element, element + 4);
    page.writeUInt32LE(key.length, element + 8);
    page.writeUInt32LE(value.length, element + 12);
    at += (contents[index] as Buffer).copy(page, at);
  });
  return page;
}

function metaPage(id: number, root: number, count: number): Buffer {
  const page = Buffer.alloc(PAGE);
  header(page, { id, flags: FLAGS.meta, count: 0, overflow: 0 });
  page.writeUInt32LE(MAGIC, 16);
  page.writeUInt32LE(VERSION, 20);
  page.writeUInt32LE(PAGE, 24);
  page.writeBigUInt64LE(BigInt(root), 32);
  page.writeBigUInt64LE(2n, 48); // The page of free pages.
  page.writeBigUInt64LE(BigInt(count), 56);
  page.writeBigUInt64LE(BigInt(id), 64); // The transaction: the higher one counts.
  page.writeBigUInt64LE(fnv1a(page.subarray(16, 72)), 72);
  return page;
}

interface Header {
  readonly id: number;
  readonly flags: number;
  readonly count: number;
  readonly overflow: number;
}

function header(page: Buffer, { id, flags, count, overflow }: Header): void {
  page.writeBigUInt64LE(BigInt(id), 0);
  page.writeUInt16LE(flags, 8);
  page.writeUInt16LE(count, 10);
  page.writeUInt32LE(overflow, 12);
}

/** FNV-1a of 64 bits (hash/fnv). */
function fnv1a(bytes: Buffer): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return hash;
}
