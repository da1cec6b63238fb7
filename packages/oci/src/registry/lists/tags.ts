import { addressOf } from '../address';
import type { Context } from '../context';
import { readPages } from './pages';

/** Tags asked for at once; a registry may give fewer. */
const PAGE = 1000;

/** All tags, in the registry's order (OCI distribution-spec 1.1, "Listing Tags"); empty where there is no repository. */
export async function listTags(context: Context): Promise<string[]> {
  const first = addressOf(context, `tags/list?n=${PAGE}`);
  const pages = await readPages(context, { first, purpose: `list the tags of ${context.name.path}` });
  return [...new Set((pages ?? []).flatMap(tagsOf))];
}

/** Registries write `null` for none. */
function tagsOf(page: unknown): string[] {
  const { tags } = (page ?? {}) as { tags?: unknown };
  return Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string') : [];
}
