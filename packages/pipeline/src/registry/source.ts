import { attachedSubject, fail, ok, type Result } from '@image-tooling/model';
import type { Repository } from '@image-tooling/oci';
import { placeText, type Place } from './place';

/** Tags that are listed in a message. */
const SHOWN = 10;

/**
 * Returns the reference of a source: its digest, its tag, or the only name in a folder. Fails with `usage`.
 */
export async function sourceReference(source: Repository, from: Place): Promise<Result<string>> {
  const stated = from.digest ?? from.tag;
  if (stated !== undefined) return ok(stated);
  if (from.kind === 'registry') return sayWhich(from, []);
  const names = await source.listTags();
  if (!names.ok) return names;
  // Signatures and lists of attachments have names as images do.
  const images = names.value.filter((name) => attachedSubject(name) === undefined);
  const [only, ...more] = images;
  return only !== undefined && more.length === 0 ? ok(only) : sayWhich(from, images);
}

function sayWhich(from: Place, names: readonly string[]): Result<never> {
  const text = placeText(from);
  if (from.kind === 'folder' && names.length === 0)
    return fail({
      code: 'usage',
      message: `${text} has no named image, or is not an OCI layout.`,
      hint: `Check the path, or use the image's digest: ${text}@sha256:…`,
    });
  const shown = names.slice(0, SHOWN).join(', ');
  return fail({
    code: 'usage',
    message: `No image of ${text} given.`,
    hint: `Write ${text}:<tag> or ${text}@sha256:…`,
    ...(names.length > 0 && {
      details: [`there are: ${shown}${names.length > SHOWN ? `, and ${names.length - SHOWN} more` : ''}`],
    }),
  });
}
