import { join } from 'node:path';
import {
  chainOf,
  chooseSource,
  type Failure,
  type Image,
  type Tool,
  type Workspace,
} from '@image-tooling/model';
import { checkCollisions, fileEntry, indexPaths, type LayerPaths } from '@image-tooling/oci';
import { imageFiles } from '../build/files-layer';
import { layerText } from '../build/words';
import type { DefinitionsSession } from './definitions-only';

/**
 * Paths that two layers of an image bring, and those that none may bring, as far as they can be known without any
 * layer: those of the images' own files, and of programs that are built from source.
 */
export async function foreseenCollisions(
  session: DefinitionsSession,
  { images }: Workspace,
): Promise<Failure[]> {
  const files = new Map(
    await Promise.all(
      [...images.values()].map(async (image) => [image.name, await filesOf(session, image)] as const),
    ),
  );
  return [...images.values()].flatMap((image) => {
    const layers = chainOf(image).flatMap((one) => [
      ...one.tools.map((tool) => programOf(session, tool)),
      ...(files.get(one.name) ?? []),
    ]);
    const checked = checkCollisions(layers);
    return checked.ok ? [] : checked.failures;
  });
}

/** What is wrong with the files themselves, planning tells. */
async function filesOf(
  { root }: DefinitionsSession,
  { name, folder, definition }: Image,
): Promise<LayerPaths[]> {
  const files = await imageFiles(join(root, folder), definition);
  if (!files.ok || !files.value) return [];
  const kind = 'files';
  return [{ name: layerText({ kind, owner: name }), kind, paths: indexPaths(files.value.entries) }];
}

function programOf({ toolSource }: DefinitionsSession, { name, definition }: Tool): LayerPaths {
  const kind = 'tool';
  const isBuilt = chooseSource(definition, toolSource) === 'go';
  const program = definition.sources.go?.binary ?? name;
  const entries = isBuilt ? [fileEntry(`usr/local/bin/${program}`, '', { mode: 0o755 })] : [];
  return { name: layerText({ kind, owner: name }), kind, paths: indexPaths(entries) };
}
