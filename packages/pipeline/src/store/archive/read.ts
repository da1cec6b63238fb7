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

/** What an archive holds, each file of it in its place and no other in it. */
export interface ArchiveContent {
  readonly blobs: ReadonlyMap<Digest, TarEntry>;
  /** Build id → what it led to. */
  readonly builds: ReadonlyMap<Digest, Layer>;
  /** Build id → what it stands for. */
  readonly inputs: ReadonlyMap<Digest, Json>;
}

/** An archive on this machine, and what messages call it. */
export interface ArchiveFile {
  readonly path: string;
  readonly name: string;
}

/** Records are a few MB at most: the inputs of a layer. */
const LARGEST_RECORD = 64 * 1024 * 1024;

/**
 * Reads what an archive of `store export` holds; blobs are not hashed yet. Fails with `tar-format`, for all that
 * has no place in one: paths out of it, links, devices, unknown or repeated names, records that are none.
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
  if (type === 'directory') return isFolder(path) ? undefined : 'a folder that has no place in it';
  if (type !== 'file') return `a ${type}`;
  if (!partAt(path)) return 'a file that has no place in it';
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
  if (!layer) return 'no record of a layer';
  builds.set(part.digest, layer);
  return undefined;
}

function lostBlobs(file: string, { blobs, builds }: Pick<ArchiveContent, 'blobs' | 'builds'>): Failure[] {
  const lost = [...builds].filter(([, { digest, size }]) => blobs.get(digest)?.size !== size);
  return lost.map(([buildId, { digest }]) => ({
    code: 'tar-format',
    message: `${file} has no whole blob ${digest}, which its record of the build id ${buildId} names.`,
    hint: AGAIN,
  }));
}

/** The bytes of an entry. */
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
    message: `${file} is no archive of a store: it has no file "oci-layout".`,
    hint: 'Write one on the other machine: image-tooling store export <image> --to=<file>.',
  };
}
