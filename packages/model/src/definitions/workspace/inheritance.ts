import { isWritten, placeOf, type JsonPath } from '../../diagnostics/document';
import type { Failure, FailureCode } from '../../failure';
import type { Platform } from '../../platform';
import { ancestorsOf } from './chain';
import type { ImageEntry, WorkspaceEntries } from './types';

/** Returns conflicts of an image with its ancestors: `duplicate` and `platform`. */
export function checkInheritance(entries: WorkspaceEntries): Failure[] {
  return [...entries.images.values()].flatMap((image) => {
    const ancestors = ancestorsOf(image, entries);
    return [
      ...inherited(image, ancestors, 'tools', 'tool'),
      ...inherited(image, ancestors, 'packages', 'package'),
      ...lackedPlatforms(image, ancestors[0]),
    ];
  });
}

function inherited(
  image: ImageEntry,
  ancestors: readonly ImageEntry[],
  key: 'tools' | 'packages',
  noun: string,
): Failure[] {
  const owners = new Map(
    ancestors
      .toReversed()
      .flatMap(({ name: owner, definition }) => definition[key].map((name) => [name, owner])),
  );
  return image.definition[key].flatMap((name, index): Failure[] => {
    const owner = owners.get(name);
    if (owner === undefined) return [];
    const message = `The image "${image.name}" already has the ${noun} "${name}", from "${owner}".`;
    return [failureAt(image, [key, index], 'duplicate', message, `in "${owner}" already`, 'Remove it here.')];
  });
}

function lackedPlatforms(image: ImageEntry, parent: ImageEntry | undefined): Failure[] {
  if (!parent) return [];
  const has = parent.definition.platforms;
  return image.definition.platforms.flatMap((platform: Platform, index): Failure[] => {
    if (has.includes(platform)) return [];
    const message = `The image "${image.name}" is for ${platform}, but its parent "${parent.name}" is for ${has.join(', ')} only.`;
    const hint = `Add it to "platforms" in ${parent.document.file}, or list fewer here.`;
    const path = isWritten(image.document, ['platforms']) ? ['platforms', index] : ['from', 'image'];
    return [failureAt(image, path, 'platform', message, `"${parent.name}" lacks it`, hint)];
  });
}

function failureAt(
  image: ImageEntry,
  path: JsonPath,
  code: FailureCode,
  message: string,
  label: string,
  hint: string,
): Failure {
  return { code, message, hint, place: placeOf(image.document, path, label) };
}
