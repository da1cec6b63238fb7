import { fail, ok, type Result } from '@image-tooling/model';
import type { Repository } from '@image-tooling/oci';
import { placeText, type Place } from './place';

/** More than this, and a list of tags helps nobody. */
const SHOWN = 10;

/** What a source is read by: its digest, its tag, or the only name that a folder has. Fails with `usage`. */
export async function sourceReference(source: Repository, from: Place): Promise<Result<string>> {
  const stated = from.digest ?? from.tag;
  if (stated !== undefined) return ok(stated);
  if (from.kind === 'registry') return sayWhich(from, []);
  const names = await source.listTags();
  if (!names.ok) return names;
  const [only, ...more] = names.value;
  return only !== undefined && more.length === 0 ? ok(only) : sayWhich(from, names.value);
}

function sayWhich(from: Place, names: readonly string[]): Result<never> {
  const text = placeText(from);
  if (from.kind === 'folder' && names.length === 0)
    return fail({
      code: 'usage',
      message: `${text} has no image with a name, or is no folder of an OCI layout.`,
      hint: `Look at the path, or name the image by its digest: ${text}@sha256:…`,
    });
  const shown = names.slice(0, SHOWN).join(', ');
  return fail({
    code: 'usage',
    message: `Say which image of ${text} is meant.`,
    hint: `Write ${text}:<tag> or ${text}@sha256:…`,
    ...(names.length > 0 && {
      details: [`there are: ${shown}${names.length > SHOWN ? `, and ${names.length - SHOWN} more` : ''}`],
    }),
  });
}
