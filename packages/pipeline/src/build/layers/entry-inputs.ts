import { sha256OfFile, unreadFailure } from '@image-tooling/host';
import { digestOf, fail, hexOf, ok, type Json, type Result } from '@image-tooling/model';
import type { TarEntry } from '@image-tooling/layer';

/** Returns the path of an entry, and what of it decides a layer. Fails with `io` if its file can't be read. */
export async function entryInputs(entry: TarEntry): Promise<Result<[string, Json]>> {
  const { type, mode, uid, gid, linkTarget } = entry;
  const sha256 = type === 'file' ? await contentHash(entry) : ok(undefined);
  if (!sha256.ok) return sha256;
  return ok([entry.path, { type, mode: mode.toString(8), uid, gid, linkTarget, sha256: sha256.value }]);
}

async function contentHash({ content }: TarEntry): Promise<Result<string>> {
  if (content.kind === 'stream') throw new Error('files of a rootfs are not streams');
  if (content.kind === 'bytes') return ok(hexOf(digestOf(content.bytes)));
  try {
    return ok(await sha256OfFile(content.file));
  } catch (error) {
    return fail(unreadFailure(error, content.file));
  }
}
