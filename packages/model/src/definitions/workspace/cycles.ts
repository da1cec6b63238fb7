import { placeOf } from '../../diagnostics/document';
import type { Failure } from '../../failure';
import { ancestorsOf, parentName } from './chain';
import type { ImageEntry, WorkspaceEntries } from './types';

/** Returns a `cycle` failure for each cycle of images that are based on each other. */
export function checkCycles(entries: WorkspaceEntries): Failure[] {
  const reported = new Set<string>();
  return [...entries.images.values()].flatMap((image) => {
    if (reported.has(image.name)) return [];
    const circle = circleOf(image, entries);
    circle.forEach(({ name }) => reported.add(name));
    return circle.length > 0 ? [cycle(circle)] : [];
  });
}

/** Returns the cycle that an image is part of, or an empty list. */
function circleOf(image: ImageEntry, entries: WorkspaceEntries): ImageEntry[] {
  const ancestors = ancestorsOf(image, entries);
  const last = ancestors.at(-1) ?? image;
  return parentName(last) === image.name ? [image, ...ancestors] : [];
}

function cycle(circle: readonly ImageEntry[]): Failure {
  const [first] = circle as [ImageEntry];
  const way = [...circle, first].map(({ name }) => name).join(' → ');
  return {
    code: 'cycle',
    message: `These images are based on each other: ${way}.`,
    hint: 'Base one of them on Debian, or on an image outside of the cycle.',
    place: placeOf(first.document, ['from', 'image'], 'part of the cycle'),
  };
}
