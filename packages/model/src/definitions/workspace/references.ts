import { placeOf } from '../../diagnostics/document';
import { MOST_SHOWN } from '../../diagnostics/most';
import { nearest } from '../../diagnostics/suggest';
import type { Failure } from '../../failure';
import { parentName } from './chain';
import type { ImageEntry, WorkspaceEntries } from './types';

/** Returns `unknown-reference` failures for parents and tools that are not in the workspace. */
export function checkReferences(entries: WorkspaceEntries): Failure[] {
  return [...entries.images.values()].flatMap((image) => [
    ...unknownParent(image, entries),
    ...unknownTools(image, entries),
  ]);
}

function unknownParent(
  image: ImageEntry,
  { images, tools, unreadable, folders }: WorkspaceEntries,
): Failure[] {
  const parent = parentName(image);
  if (parent === undefined || images.has(parent) || unreadable.has(parent)) return [];
  const hint = tools.has(parent)
    ? `"${parent}" is a tool: list it in "tools".`
    : unknownHint(parent, images.keys(), `${folders.imagesDir}/${parent}/image.json`);
  return [
    {
      code: 'unknown-reference',
      message: `The image "${image.name}" is based on "${parent}", but there is no such image.`,
      hint,
      place: placeOf(image.document, ['from', 'image'], 'no such image'),
    },
  ];
}

function unknownTools(
  image: ImageEntry,
  { images, tools, unreadable, folders }: WorkspaceEntries,
): Failure[] {
  const unknown = image.definition.tools.flatMap((tool, index) =>
    tools.has(tool) || unreadable.has(tool) ? [] : [{ tool, index }],
  );
  // Mistakes that are not shown need no suggestion.
  return unknown.map(({ tool, index }, count): Failure => {
    const known = count > MOST_SHOWN ? [] : tools.keys();
    return {
      code: 'unknown-reference',
      message: `The image "${image.name}" lists the tool "${tool}", but there is no such tool.`,
      hint: images.has(tool)
        ? `"${tool}" is an image: base an image on another with "from".`
        : unknownHint(tool, known, `${folders.toolsDir}/${tool}/tool.json`),
      place: placeOf(image.document, ['tools', index], 'no such tool'),
    };
  });
}

function unknownHint(name: string, known: Iterable<string>, file: string): string {
  const suggestion = nearest(name, known);
  return suggestion === undefined
    ? `Write ${file}, or remove the name here.`
    : `Did you mean "${suggestion}"?`;
}
