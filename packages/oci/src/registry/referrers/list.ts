import { hexOf, jsonObject, type Digest } from '@image-tooling/model';
import { addressOf } from '../transport/address';
import type { Context } from '../context';
import { MEDIA_TYPES } from '../../image/manifest';
import { getManifest } from '../manifests/read';
import { readPages } from '../lists/pages';
import type { Referrer } from '../port';
import { merged, referrersOf } from './index-manifest';

/**
 * Returns all referrers of a manifest. Always reads both places: the registry may have got or lost the referrers API
 * after something was attached.
 */
export async function listReferrers(context: Context, subject: Digest): Promise<Referrer[]> {
  const [api, fallback] = await Promise.all([
    apiReferrers(context, subject),
    fallbackReferrers(context, subject),
  ]);
  return merged(api ?? [], fallback ?? []);
}

/**
 * Returns the referrers from the API (OCI distribution-spec 1.1, "Listing Referrers"); undefined if there is no API.
 */
export async function apiReferrers(context: Context, subject: Digest): Promise<Referrer[] | undefined> {
  const pages = await readPages(context, {
    first: addressOf(context, `referrers/${subject}`),
    headers: { accept: MEDIA_TYPES.index },
    purpose: `list what is attached to ${subject}`,
  });
  return pages?.flatMap(referrersOf);
}

/** Returns the referrers from the fallback tag; undefined if there is no such tag. */
export async function fallbackReferrers(context: Context, subject: Digest): Promise<Referrer[] | undefined> {
  const index = await getManifest(context, fallbackTag(subject));
  return index && referrersOf(jsonObject(index.bytes));
}

/** OCI distribution-spec 1.1, "Referrers Tag Schema". */
export function fallbackTag(subject: Digest): string {
  return `sha256-${hexOf(subject)}`;
}
