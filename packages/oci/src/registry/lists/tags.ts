import { addressOf } from '../transport/address';
import type { Context } from '../context';
import { badPages, readPages } from './pages';

/** Tags requested in a page; a registry may send fewer. */
const PAGE = 1000;

/**
 * Returns all tags, in the registry's order (OCI distribution-spec 1.1, "Listing Tags"); [] if there is no repository.
 * Throws a `Fault` if a page is not a list of tags.
 */
export async function listTags(context: Context): Promise<string[]> {
  const first = addressOf(context, `tags/list?n=${PAGE}`);
  const purpose = `list the tags of ${context.name.path}`;
  const pages = await readPages(context, { first, purpose });
  return [...new Set((pages ?? []).flatMap((page) => tagsOf(page, purpose)))];
}

/** Registries send `null` for no tags, or omit them. */
function tagsOf(page: unknown, purpose: string): string[] {
  const { name, tags } = Object(page) as { readonly name?: unknown; readonly tags?: unknown };
  if (tags === null || (tags === undefined && typeof name === 'string')) return [];
  if (Array.isArray(tags) && tags.every((tag): tag is string => typeof tag === 'string')) return tags;
  throw badPages(purpose, 'a page has no list of tags');
}
