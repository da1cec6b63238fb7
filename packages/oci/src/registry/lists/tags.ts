import { addressOf } from '../address';
import type { Context } from '../context';
import { badPages, readPages } from './pages';

/** Tags asked for at once; a registry may give fewer. */
const PAGE = 1000;

/**
 * All tags, in the registry's order (OCI distribution-spec 1.1, "Listing Tags"); empty where there is no repository.
 * Throws a `Fault` where a page is not a list of tags.
 */
export async function listTags(context: Context): Promise<string[]> {
  const first = addressOf(context, `tags/list?n=${PAGE}`);
  const purpose = `list the tags of ${context.name.path}`;
  const pages = await readPages(context, { first, purpose });
  return [...new Set((pages ?? []).flatMap((page) => tagsOf(page, purpose)))];
}

/** Registries write `null` for no tags, or leave them out. */
function tagsOf(page: unknown, purpose: string): string[] {
  const { name, tags } = Object(page) as { readonly name?: unknown; readonly tags?: unknown };
  if (tags === null || (tags === undefined && typeof name === 'string')) return [];
  if (Array.isArray(tags) && tags.every((tag): tag is string => typeof tag === 'string')) return tags;
  throw badPages(purpose, 'a page has no list of tags');
}
