import { Fault, valueOf } from '@image-tooling/host';
import { isDigest, jsonObject, type Digest } from '@image-tooling/model';
import { MEDIA_TYPES } from '../../image/manifest';
import { manifestContent } from '../manifests/content';
import { descriptorOf, MANIFEST_LIMIT, ownMediaType } from '../manifests/read';
import type { ManifestBytes, Referrer } from '../port';
import { merged, referrersOf } from '../referrers/index-manifest';
import { fallbackTag } from '../referrers/list';
import { subjectLink } from '../referrers/subject';
import type { LayoutFolder } from './folder';
import { changeEntries, nameOf, readEntries, withEntry, type LayoutEntry } from './index-file';

/** Returns the manifest of a name or digest; undefined if missing. Throws a `Fault`. */
export async function readManifest(
  folder: LayoutFolder,
  reference: string,
): Promise<ManifestBytes | undefined> {
  const entries = await readEntries(folder.indexFile);
  const entry = isDigest(reference)
    ? entries.find(({ digest }) => digest === reference)
    : entries.find((one) => isNamed(one, reference));
  const digest = entry?.digest ?? (isDigest(reference) ? reference : undefined);
  const size = digest && (await folder.sizeOf(digest));
  if (digest === undefined || size === undefined) return undefined;
  if (size > MANIFEST_LIMIT) throw tooLarge(folder, digest);
  const pieces: Uint8Array[] = [];
  for await (const piece of folder.pieces(digest)) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  return { mediaType: entry?.mediaType ?? ownMediaType(bytes) ?? MEDIA_TYPES.manifest, digest, bytes };
}

/** Writes a manifest and adds it to index.json. Throws a `Fault`. */
export async function putManifest(
  folder: LayoutFolder,
  manifest: ManifestBytes,
  name: string | undefined,
): Promise<void> {
  const { manifests } = valueOf(manifestContent(manifest));
  await folder.putBytes(manifest.bytes);
  const parts = manifests.map(({ digest }) => digest);
  await changeEntries(folder.indexFile, (entries) => withEntry(entries, descriptorOf(manifest), name, parts));
}

/** Removes a manifest and its row in index.json; returns false if it was not there. */
export async function deleteManifest(folder: LayoutFolder, digest: Digest): Promise<boolean> {
  if ((await folder.sizeOf(digest)) === undefined) return false;
  await changeEntries(folder.indexFile, (entries) => entries.filter((entry) => entry.digest !== digest));
  await folder.remove(digest);
  return true;
}

export async function listNames(folder: LayoutFolder): Promise<string[]> {
  return (await readEntries(folder.indexFile)).flatMap((entry) => nameOf(entry) ?? []);
}

/**
 * Returns all manifests of index.json with this subject, also those of a fallback tag, which other tools copy
 * unchanged.
 */
export async function listReferrers(folder: LayoutFolder, subject: Digest): Promise<Referrer[]> {
  const found: Referrer[] = [];
  for (const { digest } of await readEntries(folder.indexFile)) {
    const manifest = await readManifest(folder, digest);
    const link = manifest && subjectLink(manifest);
    if (link?.subject === subject) found.push(link.referrer);
  }
  const fallback = await readManifest(folder, fallbackTag(subject));
  return merged(found, referrersOf(fallback && jsonObject(fallback.bytes)));
}

/** Some tools write a full reference, others only the tag. */
function isNamed(entry: LayoutEntry, name: string): boolean {
  const stated = nameOf(entry);
  return stated === name || stated?.endsWith(`:${name}`) === true;
}

function tooLarge({ path }: LayoutFolder, digest: Digest): Fault {
  return new Fault({
    code: 'too-large',
    message: `The manifest ${digest} of ${path} has more than ${MANIFEST_LIMIT} bytes.`,
  });
}
