import { createHash } from 'node:crypto';
import {
  cpSync,
  createReadStream,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runProgram } from './programs';

/** An OCI image layout of one image (OCI image-spec 1.1, image-layout.md). */
export interface Layout {
  readonly folder: string;
  readonly tag: string;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

interface Manifest {
  readonly config: Descriptor;
  readonly layers: Descriptor[];
}

const TAG = 'benchmark';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar+zstd';

/**
 * Returns an image with layers of these sizes, in bytes: random content, in zstd's format so that no program
 * compresses it.
 */
export async function syntheticImage(folder: string, sizes: readonly number[]): Promise<Layout> {
  mkdirSync(join(folder, 'blobs', 'sha256'), { recursive: true });
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  const layers: Descriptor[] = [];
  for (const size of sizes) layers.push(await randomLayer(folder, size));
  const diffIds = layers.map(({ digest }) => digest);
  const config = { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: diffIds } };
  return writeImage(folder, { config: putJson(folder, config, CONFIG), layers });
}

/**
 * Returns a copy of an image with one layer changed to random bytes of its size: the one that is larger than
 * so many of the others, and the configuration with it.
 */
export async function withOneLayerChanged(
  { folder }: Layout,
  to: string,
  rank: (layers: number) => number,
): Promise<Layout> {
  cpSync(folder, to, { recursive: true });
  const manifest = readManifest(to);
  const layers = [...manifest.layers];
  const bySize = layers.map((_, at) => at).sort((a, b) => layers[a]!.size - layers[b]!.size);
  const changed = bySize[rank(layers.length)]!;
  layers[changed] = await randomLayer(to, layers[changed]!.size);
  // Another layer makes another configuration: an image that was really built again has one too.
  const config = { ...(JSON.parse(readBlob(to, manifest.config.digest)) as object), author: 'changed' };
  return writeImage(to, { config: putJson(to, config, CONFIG), layers });
}

/** Bytes of all that an image consists of. */
export function imageSize({ folder }: Layout): number {
  const { config, layers } = readManifest(folder);
  return [config, ...layers].reduce((sum, { size }) => sum + size, 0);
}

/** Returns the tag that `image-tooling load` gives to an image. */
export function loadedLayout(folder: string): Layout {
  return { folder, tag: 'dev' };
}

function readManifest(folder: string): Manifest {
  const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as { manifests: Descriptor[] };
  return JSON.parse(readBlob(folder, index.manifests[0]!.digest)) as Manifest;
}

function writeImage(folder: string, { config, layers }: Manifest): Layout {
  const manifest = putJson(folder, { schemaVersion: 2, mediaType: MANIFEST, config, layers }, MANIFEST);
  const named = { ...manifest, annotations: { 'org.opencontainers.image.ref.name': TAG } };
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [named] }));
  return { folder, tag: TAG };
}

function putJson(folder: string, value: unknown, mediaType: string): Descriptor {
  const text = JSON.stringify(value);
  const hash = createHash('sha256').update(text).digest('hex');
  writeFileSync(blobFile(folder, hash), text);
  return { mediaType, digest: `sha256:${hash}`, size: Buffer.byteLength(text) };
}

async function randomLayer(folder: string, bytes: number): Promise<Descriptor> {
  const file = join(folder, 'layer.new');
  runProgram(['sh', '-ec', 'head -c "$1" /dev/urandom | zstd -q -1 > "$2"', 'sh', `${bytes}`, file]);
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const digest = hash.digest('hex');
  renameSync(file, blobFile(folder, digest));
  return { mediaType: LAYER, digest: `sha256:${digest}`, size: statSync(blobFile(folder, digest)).size };
}

function readBlob(folder: string, digest: string): string {
  return readFileSync(blobFile(folder, digest.slice('sha256:'.length)), 'utf8');
}

function blobFile(folder: string, hash: string): string {
  return join(folder, 'blobs', 'sha256', hash);
}
