import { placeOf } from '../../diagnostics/document';
import type { Failure } from '../../failure';
import { ancestorsOf, parentName } from './chain';
import type { ImageEntry, WorkspaceEntries } from './types';

/** Images that stand on each other in a circle. Fails with `cycle`, once a circle. */
export function checkCycles(entries: WorkspaceEntries): Failure[] {
  const reported = new Set<string>();
  return [...entries.images.values()].flatMap((image) => {
    if (reported.has(image.name)) return [];
    const circle = circleOf(image, entries);
    circle.forEach(({ name }) => reported.add(name));
    return circle.length > 0 ? [cycle(circle)] : [];
  });
}

/** The circle that an image is part of; empty where it is part of none. */
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
    message: `Images can't stand on each other: ${way}.`,
    hint: 'Let one of them stand on Debian, or on an image outside of the circle.',
    place: placeOf(first.document, ['from', 'image'], 'goes round in a circle'),
  };
}
