import { hexOf, type Digest } from '@image-tooling/model';
import { addressOf } from '../address';
import type { Context } from '../context';
import { MEDIA_TYPES } from '../../image/manifest';
import { jsonObject } from '../manifests/json';
import { getManifest } from '../manifests/read';
import { readPages } from '../lists/pages';
import type { Referrer } from '../port';
import { merged, referrersOf } from './index-manifest';

/**
 * All referrers of a manifest. Both places are read, always: a registry that has the referrers API today may not
 * have had it when something was attached, or have lost it since.
 */
export async function listReferrers(context: Context, subject: Digest): Promise<Referrer[]> {
  const [api, fallback] = await Promise.all([
    apiReferrers(context, subject),
    fallbackReferrers(context, subject),
  ]);
  return merged(api ?? [], fallback ?? []);
}

/** From the referrers API (OCI distribution-spec 1.1, "Listing Referrers"); undefined where there is none. */
export async function apiReferrers(context: Context, subject: Digest): Promise<Referrer[] | undefined> {
  const pages = await readPages(context, {
    first: addressOf(context, `referrers/${subject}`),
    headers: { accept: MEDIA_TYPES.index },
    purpose: `list what is attached to ${subject}`,
  });
  return pages?.flatMap(referrersOf);
}

/** From the fallback tag; undefined where there is none. */
export async function fallbackReferrers(context: Context, subject: Digest): Promise<Referrer[] | undefined> {
  const index = await getManifest(context, fallbackTag(subject));
  return index && referrersOf(jsonObject(index.bytes));
}

/** OCI distribution-spec 1.1, "Referrers Tag Schema". */
export function fallbackTag(subject: Digest): string {
  return `sha256-${hexOf(subject)}`;
}
