import { createReadStream } from 'node:fs';
import {
  digestOf,
  fail,
  ok,
  type Digest,
  type Failure,
  type Json,
  type Layer,
  type Result,
} from '@image-tooling/model';
import { readTar, type TarEntry } from '@image-tooling/layer';
import { layerRecord } from '@image-tooling/oci';
import { isFolder, partAt } from './layout';

/** The content of a valid archive, without unexpected files. */
export interface ArchiveContent {
  readonly blobs: ReadonlyMap<Digest, TarEntry>;
  /** Build id → its layer. */
  readonly builds: ReadonlyMap<Digest, Layer>;
  /** Build id → its inputs. */
  readonly inputs: ReadonlyMap<Digest, Json>;
}

/** An archive on this machine, and its name in messages. */
export interface ArchiveFile {
  readonly path: string;
  readonly name: string;
}

/** Records are a few MB at most: the inputs of a layer. */
const LARGEST_RECORD = 64 * 1024 * 1024;

/**
 * Reads an archive of `store export`, without hashing blobs. Fails with `tar-format` on everything
 * unexpected: paths out of it, links, devices, unknown or repeated names, invalid records.
 */
export async function readArchive({ path, name }: ArchiveFile): Promise<Result<ArchiveContent>> {
  const read = await readTar(path, undefined, { name });
  if (!read.ok) return read;
  const content = {
    blobs: new Map<Digest, TarEntry>(),
    builds: new Map<Digest, Layer>(),
    inputs: new Map<Digest, Json>(),
    others: new Set<string>(),
  };
  const failures: Failure[] = [];
  for (const entry of read.value) {
    const odd = oddness(entry, content.others) ?? (await take(entry, content));
    if (odd !== undefined) failures.push(refusal(name, entry, odd));
  }
  if (!content.others.has('oci-layout')) failures.push(noArchive(name));
  failures.push(...lostBlobs(name, content));
  const [first, ...rest] = failures;
  return first ? fail(first, ...rest) : ok(content);
}

function oddness({ path, type }: TarEntry, seen: Set<string>): string | undefined {
  if (type === 'directory') return isFolder(path) ? undefined : 'an unexpected folder';
  if (type !== 'file') return `a ${type}`;
  if (!partAt(path)) return 'an unexpected file';
  if (seen.has(path)) return 'there twice';
  seen.add(path);
  return undefined;
}

async function take(
  entry: TarEntry,
  {
    blobs,
    builds,
    inputs,
  }: { blobs: Map<Digest, TarEntry>; builds: Map<Digest, Layer>; inputs: Map<Digest, Json> },
): Promise<string | undefined> {
  const part = entry.type === 'file' ? partAt(entry.path) : undefined;
  if (part?.kind === 'blob') blobs.set(part.digest, entry);
  if (part?.kind !== 'build' && part?.kind !== 'inputs') return undefined;
  if (entry.size > LARGEST_RECORD) return 'too large for a record';
  const bytes = await bytesOf(entry);
  const json = parsed(bytes);
  if (part.kind === 'inputs') {
    if (json === undefined || digestOf(bytes) !== part.digest) return 'not what its name says';
    inputs.set(part.digest, json);
    return undefined;
  }
  const layer = layerRecord(json);
  if (!layer) return 'not a record of a layer';
  builds.set(part.digest, layer);
  return undefined;
}

function lostBlobs(file: string, { blobs, builds }: Pick<ArchiveContent, 'blobs' | 'builds'>): Failure[] {
  const lost = [...builds].filter(([, { digest, size }]) => blobs.get(digest)?.size !== size);
  return lost.map(([buildId, { digest }]) => ({
    code: 'tar-format',
    message: `${file} lacks the blob ${digest} of the build id ${buildId}, or has only a part of it.`,
    hint: AGAIN,
  }));
}

/** Returns the bytes of an entry. */
export async function* piecesOf({ content }: TarEntry): AsyncGenerator<Uint8Array> {
  if (content.kind === 'bytes') yield content.bytes;
  else if (content.kind === 'stream') yield* content.open();
  else {
    const { file, offset, length } = content;
    yield* createReadStream(file, { start: offset, end: offset + length - 1, highWaterMark: 1024 * 1024 });
  }
}

async function bytesOf(entry: TarEntry): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of piecesOf(entry)) pieces.push(piece);
  return Buffer.concat(pieces);
}

function parsed(bytes: Buffer): Json | undefined {
  try {
    return JSON.parse(bytes.toString('utf8')) as Json;
  } catch {
    return undefined;
  }
}

const AGAIN =
  'Export it again, and compare the sha256 that "store export" prints on both sides. Nothing was imported.';

function refusal(file: string, { path }: TarEntry, odd: string): Failure {
  return { code: 'tar-format', message: `${file} is refused: "${path}" is ${odd}.`, hint: AGAIN };
}

function noArchive(file: string): Failure {
  return {
    code: 'tar-format',
    message: `${file} is not an exported store: it has no file "oci-layout".`,
    hint: 'Export one on the other machine: image-tooling store export <image> --to=<file>.',
  };
}
