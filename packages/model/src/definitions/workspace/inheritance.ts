import { isWritten, placeOf } from '../../diagnostics/document';
import type { Failure } from '../../failure';
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
      ...missingPlatforms(image, ancestors[0]),
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
    const place = placeOf(image.document, [key, index], `in "${owner}" already`);
    return [{ code: 'duplicate', message, hint: 'Remove it here.', place }];
  });
}

function missingPlatforms(image: ImageEntry, parent: ImageEntry | undefined): Failure[] {
  if (!parent) return [];
  const has = parent.definition.platforms;
  return image.definition.platforms.flatMap((platform: Platform, index): Failure[] => {
    if (has.includes(platform)) return [];
    const message = `The image "${image.name}" is for ${platform}, but its parent "${parent.name}" is for ${has.join(', ')} only.`;
    const hint = `Add it to "platforms" in ${parent.document.file}, or list fewer here.`;
    const path = isWritten(image.document, ['platforms']) ? ['platforms', index] : ['from', 'image'];
    const place = placeOf(image.document, path, `"${parent.name}" lacks it`);
    return [{ code: 'platform', message, hint, place }];
  });
}
