import { caught, Fault, isErrno, valueOf } from '@image-tooling/host';
import type { Digest, Result } from '@image-tooling/model';
import type { Descriptor } from '../../image/manifest';
import type { BlobSink } from '../../layer/convert';
import { missingBlob, wrongBytes } from '../blobs/checked';
import { HASH_ONLY } from '../blobs/hash-only';
import type { OpenRepository } from '../client/client';
import { descriptorOf } from '../manifests/read';
import type { Artifact, LocalBlob, PushBlobOptions, PushedBlob } from '../port';
import { buildArtifact } from '../referrers/artifact';
import { withFolder } from './disk-failures';
import { LayoutFolder } from './folder';
import { deleteManifest, listNames, listReferrers, putManifest, readManifest } from './manifests';

/**
 * Opens the folder of an OCI image layout as a repository: names in index.json are its tags. The first write creates
 * it. Fails with `usage` if it contains something else, `disk-full`, `io` and `checksum`.
 */
export function openLayoutFolder(path: string): OpenRepository {
  const folder = new LayoutFolder(path);
  const run = async <T>(work: () => Promise<T>): Promise<Result<T>> =>
    withFolder(path, await caught(path, () => inFolder(path, work)));
  return {
    name: { registry: 'oci-layout', path },
    headManifest: (reference) => run(() => head(folder, reference)),
    getManifest: (reference) => run(() => readManifest(folder, reference)),
    putManifest: (manifest, tag) => run(() => putManifest(folder, manifest, tag)),
    deleteManifest: (digest) => run(() => deleteManifest(folder, digest)),
    hasBlob: (digest) => run(() => hasBlob(folder, digest)),
    expectBlob: (blob) => run(() => expectBlob(folder, blob)),
    verifyBlob: (blob) => run(() => pull(folder, blob, HASH_ONLY)),
    pullBlob: (blob, to) => run(() => pull(folder, blob, to)),
    pushBlob: (blob, options) => run(() => push(folder, blob, options)),
    blobOf: ({ digest, size }) => ({
      digest,
      size,
      open: () => folder.pieces(digest),
      openUnhashed: () => folder.unhashedPieces(digest),
    }),
    listTags: () => run(() => listNames(folder)),
    listReferrers: (subject) => run(() => listReferrers(folder, subject)),
    attach: (subject, artifact) => run(() => attach(folder, subject, artifact)),
    detach: (_, referrers) => run(() => deleteAll(folder, referrers)),
    close: () => folder.close(),
  };
}

/** Throws a `Fault` with `usage` if the folder, or one in it, is a file. */
async function inFolder<T>(path: string, work: () => Promise<T>): Promise<T> {
  return work().catch((error: unknown) => {
    if (!isErrno(error) || error.code !== 'ENOTDIR') throw error;
    throw new Fault({
      code: 'usage',
      message: `${path} is not the folder of an OCI layout: ${error.path ?? path} is below a file.`,
      hint: 'Name a folder: oci:<folder>. Unpack an archive of an OCI layout (.tar) first.',
    });
  });
}

async function head(folder: LayoutFolder, reference: string): Promise<Descriptor | undefined> {
  const manifest = await readManifest(folder, reference);
  return manifest && descriptorOf(manifest);
}

async function hasBlob(folder: LayoutFolder, digest: Digest): Promise<boolean> {
  return (await folder.sizeOf(digest)) !== undefined;
}

async function expectBlob(
  folder: LayoutFolder,
  { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
): Promise<void> {
  const found = await folder.sizeOf(digest);
  const wanted = { digest, size, from: folder.path };
  if (found === undefined) throw missingBlob(wanted);
  if (found !== size) throw wrongBytes(wanted, `there are ${found}`);
}

async function pull(
  folder: LayoutFolder,
  { digest }: Pick<Descriptor, 'digest'>,
  to: BlobSink,
): Promise<void> {
  valueOf(await to.putBlobFromStream(folder.pieces(digest), { expected: digest }));
}

async function push(
  folder: LayoutFolder,
  blob: LocalBlob,
  { onBytes = () => undefined, beforeSending }: PushBlobOptions = {},
): Promise<PushedBlob> {
  const started = performance.now();
  const how = (await folder.sizeOf(blob.digest)) === blob.size ? 'present' : 'pushed';
  let sentBytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const piece of blob.open()) {
      sentBytes += piece.length;
      onBytes(piece.length);
      yield piece;
    }
  }
  if (how === 'pushed' && beforeSending) valueOf(await beforeSending());
  if (how === 'pushed') await folder.put(counted(), blob.digest);
  return { how, sentBytes, seconds: (performance.now() - started) / 1000 };
}

async function deleteAll(folder: LayoutFolder, digests: readonly Digest[]): Promise<void> {
  for (const digest of digests) await deleteManifest(folder, digest);
}

async function attach(folder: LayoutFolder, subject: Descriptor, artifact: Artifact): Promise<Descriptor> {
  const { manifest, blobs } = buildArtifact(subject, artifact);
  for (const blob of blobs) await push(folder, blob);
  await putManifest(folder, manifest, undefined);
  return descriptorOf(manifest);
}
