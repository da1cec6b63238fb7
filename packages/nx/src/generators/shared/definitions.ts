import {
  readWorkspace,
  type Failure,
  type FileText,
  type Workspace,
  type WorkspaceFiles,
} from '@image-tooling/model';
import { getProjects, joinPathFragments, type Tree } from '@nx/devkit';
import { jsonText } from './json-text';
import { foldersIn, schemaReference } from './workspace';

/** A definition to write. */
export interface NewDefinition {
  readonly kind: 'image' | 'tool';
  readonly name: string;
  /** The content of its file, without `$schema`. */
  readonly content: object;
}

/** Reads what a workspace holds, as far as it can be read: its own tasks report its mistakes. */
export function workspaceIn(tree: Tree): Workspace {
  const files = definitionFiles(tree);
  const read = readWorkspace(files);
  if (read.ok) return read.value;
  const wrong = new Set(read.failures.map(({ place }) => place?.file));
  const good = (all: readonly FileText[]): FileText[] => all.filter(({ file }) => !wrong.has(file));
  const again = readWorkspace({ ...files, images: good(files.images), tools: good(files.tools) });
  return again.ok ? again.value : { images: new Map(), tools: new Map() };
}

/**
 * Writes definitions, all or none. Fails with all mistakes in them: `duplicate` for names that are taken, and
 * the failures of `readWorkspace` in the new files.
 */
export function writeDefinitions(tree: Tree, definitions: readonly NewDefinition[]): readonly Failure[] {
  const taken = definitions.flatMap((definition) => nameTaken(tree, definition));
  const files = definitions.map((definition) => ({ kind: definition.kind, ...fileOf(tree, definition) }));
  const mistakes = mistakesIn(tree, files).filter(({ place }) => !tree.exists(place!.file));
  if (taken.length + mistakes.length > 0) return [...taken, ...mistakes];
  for (const { file, text } of files) tree.write(file, text);
  return [];
}

/** Returns the path of a definition, relative to the workspace root. */
export function definitionPath(tree: Tree, kind: 'image' | 'tool', name: string): string {
  return joinPathFragments(foldersIn(tree)[kind === 'image' ? 'images' : 'tools'], name, `${kind}.json`);
}

function fileOf(tree: Tree, { kind, name, content }: NewDefinition): FileText {
  const folder = joinPathFragments(foldersIn(tree)[kind === 'image' ? 'images' : 'tools'], name);
  const text = jsonText({ $schema: schemaReference(tree, folder, kind), ...content });
  return { file: `${folder}/${kind}.json`, text };
}

/**
 * Returns why a definition can't have its name: `duplicate` if an image, a tool or another project has it.
 */
export function nameTaken(tree: Tree, { kind, name }: Pick<NewDefinition, 'kind' | 'name'>): Failure[] {
  const file = definitionPath(tree, kind, name);
  if (tree.exists(file))
    return [
      {
        code: 'duplicate',
        message: `There is already ${A[kind]} "${name}" (${file}).`,
        hint: INSTEAD[kind](name, file),
      },
    ];
  const other = kind === 'image' ? 'tool' : 'image';
  const root = tree.exists(definitionPath(tree, other, name))
    ? definitionPath(tree, other, name)
    : getProjects(tree).get(name)?.root;
  if (root === undefined) return [];
  const message = `There is already a project "${name}" (${root}); the names of Nx projects are unique.`;
  return [{ code: 'duplicate', message, hint: 'Use another name.' }];
}

const A = { image: 'an image', tool: 'a tool' };
const INSTEAD = {
  image: (_: string, file: string) => `Use another name, or change ${file} and run its "lock".`,
  tool: (name: string, file: string) =>
    `To move its version, change "version" in ${file} and run "npx nx run ${name}:lock".`,
};

/** Returns the mistakes in the new files. Mistakes in other files are no reason to refuse them. */
function mistakesIn(tree: Tree, files: readonly (FileText & { readonly kind: string })[]): Failure[] {
  const there = definitionFiles(tree);
  const added = (kind: string, old: readonly FileText[]): FileText[] => [
    ...old.filter(({ file }) => !files.some((one) => one.file === file)),
    ...files.filter((one) => one.kind === kind),
  ];
  const read = readWorkspace({
    ...there,
    images: added('image', there.images),
    tools: added('tool', there.tools),
  });
  if (read.ok) return [];
  const own = new Set(files.map(({ file }) => file));
  return read.failures.filter(({ place }) => place !== undefined && own.has(place.file));
}

function definitionFiles(tree: Tree): WorkspaceFiles {
  const folders = foldersIn(tree);
  return {
    imagesDir: folders.images,
    toolsDir: folders.tools,
    images: filesBelow(tree, folders.images, 'image.json'),
    tools: filesBelow(tree, folders.tools, 'tool.json'),
  };
}

function filesBelow(tree: Tree, folder: string, name: string): FileText[] {
  return tree.children(folder).flatMap((child) => {
    const file = joinPathFragments(folder, child, name);
    const text = tree.exists(file) ? tree.read(file, 'utf8') : null;
    return text === null ? [] : [{ file, text }];
  });
}
