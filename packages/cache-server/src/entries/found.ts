import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { StoredObject } from '@image-tooling/object-store';
import { MOST_HEADER_BYTES, readHeader, type Header } from './format';
import { receive, SMALL_BYTES } from './received';

/** An entry whose content is what its writer stored. */
export interface FoundEntry {
  readonly header: Header;
  /** The content; may be opened once. */
  open(): Buffer | Readable;
  /** Must be called at the end. Never fails. */
  end(): Promise<void>;
}

/** An entry, or that its object is not what its header says. */
export type Checked = FoundEntry | 'damaged';

/**
 * Checks an object against its header before any byte of it is given to a client; throws the errors of
 * reading it.
 */
export function checkObject(object: StoredObject, hash: string, folder: string): Promise<Checked> {
  if (object.size <= SMALL_BYTES + MOST_HEADER_BYTES) return checkBytes(object, hash);
  return object.path === undefined ? checkCopy(object, hash, folder) : checkFile(object, object.path, hash);
}

async function checkBytes({ body, bytes: known }: StoredObject, hash: string): Promise<Checked> {
  const bytes = known ?? (await bytesOf(body));
  const read = readHeader(bytes);
  if (!read) return 'damaged';
  const content = bytes.subarray(read.offset);
  const sha256 = createHash('sha256').update(content).digest('hex');
  if (!isAsWritten(read.header, { hash, sha256, size: content.length })) return 'damaged';
  return { header: read.header, open: () => content, end: () => Promise.resolve() };
}

/** node:stream/consumers has a function for it, which takes five times as long and makes a Blob. */
async function bytesOf(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(piece);
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}

/** A file of this machine is read twice: a copy would be written, too. Another one may have replaced what was found. */
async function checkFile({ body }: StoredObject, path: string, hash: string): Promise<Checked> {
  body.destroy();
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const checked = await checkOpenFile(file, size, hash);
    if (checked === 'damaged') await file.close();
    return checked;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function checkOpenFile(file: FileHandle, size: number, hash: string): Promise<Checked> {
  const beginning = Buffer.alloc(MOST_HEADER_BYTES);
  const { bytesRead } = await file.read(beginning, 0, beginning.length, 0);
  const read = readHeader(beginning.subarray(0, bytesRead));
  if (!read) return 'damaged';
  const { header, offset } = read;
  const sha256 = createHash('sha256');
  await pipeline(file.createReadStream({ start: offset, autoClose: false }), sha256);
  const found = { hash, sha256: sha256.digest('hex'), size: size - offset };
  if (!isAsWritten(header, found)) return 'damaged';
  const content = () =>
    file.createReadStream({ start: offset, autoClose: false, highWaterMark: PIECE_BYTES });
  return { header, open: content, end: () => file.close().catch(() => undefined) };
}

const PIECE_BYTES = 65_536;

/** What a bucket sends is kept until it is checked. */
async function checkCopy({ body, size }: StoredObject, hash: string, folder: string): Promise<Checked> {
  const pieces = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await headerOf(pieces);
  if (!first) {
    body.destroy();
    return 'damaged';
  }
  const copy = await receive(first.rest, { folder, most: size });
  if (isAsWritten(first.header, { hash, ...copy }))
    return { header: first.header, open: () => Readable.from(copy.open()), end: () => copy.discard() };
  await copy.discard();
  return 'damaged';
}

/** Reads pieces until the header is complete. */
async function headerOf(
  pieces: AsyncIterator<Buffer>,
): Promise<{ readonly header: Header; readonly rest: AsyncIterable<Buffer> } | undefined> {
  let beginning = Buffer.alloc(0);
  let done = false;
  while (!done && beginning.length < MOST_HEADER_BYTES) {
    const next = await pieces.next();
    done = next.done === true;
    if (!done) beginning = Buffer.concat([beginning, next.value as Buffer]);
  }
  const read = readHeader(beginning);
  return read && { header: read.header, rest: continued(beginning.subarray(read.offset), pieces) };
}

async function* continued(first: Buffer, pieces: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* { [Symbol.asyncIterator]: () => pieces };
}

function isAsWritten(header: Header, found: Pick<Header, 'hash' | 'sha256' | 'size'>): boolean {
  return header.hash === found.hash && header.sha256 === found.sha256 && header.size === found.size;
}
