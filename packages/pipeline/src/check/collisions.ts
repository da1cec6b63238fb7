import {
  chainOf,
  chooseSource,
  ok,
  type Failure,
  type Image,
  type Result,
  type Tool,
  type Workspace,
} from '@image-tooling/model';
import { fileEntry, indexPaths } from '@image-tooling/layer';
import { checkCollisions, type LayerPaths } from '@image-tooling/oci';
import { usersOf } from '../build/files-clashes';
import { imageFiles } from '../build/files-layer';
import { layerText } from '../build/layers/layer-text';
import type { DefinitionsSession } from '../definitions-only';

/**
 * Returns collisions that are known without any layer: paths that two layers have, and paths that are not
 * allowed, among images' own files and programs built from source. Also returns mistakes in the files, which
 * planning reports only for locked images.
 */
export async function foreseenCollisions(
  session: DefinitionsSession,
  { images }: Workspace,
): Promise<Failure[]> {
  const files = new Map<string, Result<LayerPaths[]>>();
  for (const image of images.values()) files.set(image.name, await filesOf(session, image));
  const collisions = [...images.values()].flatMap((image) => {
    const layers = chainOf(image).flatMap((one) => {
      const own = files.get(one.name);
      return [...one.tools.map((tool) => programOf(session, tool)), ...(own?.ok ? own.value : [])];
    });
    return failuresOf(checkCollisions(layers));
  });
  return [...[...files.values()].flatMap(failuresOf), ...collisions];
}

async function filesOf({ root }: DefinitionsSession, image: Image): Promise<Result<LayerPaths[]>> {
  const files = await imageFiles(root, image, usersOf(image));
  if (!files.ok) return files;
  const kind = 'files';
  const name = layerText({ kind, owner: image.name });
  return ok(files.value ? [{ name, kind, paths: indexPaths(files.value.entries) }] : []);
}

function failuresOf(result: Result<unknown>): readonly Failure[] {
  return result.ok ? [] : result.failures;
}

function programOf({ toolSource }: DefinitionsSession, { name, definition }: Tool): LayerPaths {
  const kind = 'tool';
  const isBuilt = chooseSource(definition, toolSource) === 'go';
  const program = definition.sources.go?.binary ?? name;
  const entries = isBuilt ? [fileEntry(`usr/local/bin/${program}`, '', { mode: 0o755 })] : [];
  return { name: layerText({ kind, owner: name }), kind, paths: indexPaths(entries) };
}
