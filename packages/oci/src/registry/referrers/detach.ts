import type { Digest } from '@image-tooling/model';
import type { Context } from '../context';
import { deleteManifest } from '../manifests/write';
import { removeFromFallback } from './fallback';

/**
 * Removes attachments of a manifest: first from the fallback tag, since other readers fail for a listed manifest that is
 * gone. Throws a `Fault`.
 */
export async function detach(context: Context, subject: Digest, referrers: readonly Digest[]): Promise<void> {
  if (referrers.length === 0) return;
  await removeFromFallback(context, subject, new Set(referrers));
  for (const digest of referrers) await deleteManifest(context, digest);
}
