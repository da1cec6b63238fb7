import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { mapConcurrent } from '@image-tooling/host';
import { isSystem, ok, type Bringer, type Result } from '@image-tooling/model';
import { displayPath, toText, type PathIndex } from '@image-tooling/layer';
import { generatedBy } from '@image-tooling/oci';
import type { Session } from '../../session';
import type { ExplainableLayer, PathSearch } from './layers';
import { packagesOf, type Listing } from './packages';

/** What added each of some paths to a layer; `paths`: all paths, if the layer was read. */
export interface Brought {
  readonly bringers: ReadonlyMap<string, Bringer>;
  readonly paths: PathIndex;
}

/**
 * Returns what added paths (byte strings) to a layer. Reads the layer itself only for system layers. Fails
 * with `store-corrupt`.
 */
export async function bringersOf(
  search: PathSearch,
  layer: ExplainableLayer,
  paths: readonly string[],
): Promise<Result<Brought>> {
  if (isSystem(layer) || layer.kind === 'base') return installed(search.session, layer, paths);
  const found = await mapConcurrent(paths, async (path): Promise<[string, Bringer][]> => {
    const bringer = await ownBringer(search, layer, path);
    return bringer ? [[path, bringer]] : [];
  });
  return ok({ bringers: new Map(found.flat()), paths: layer.paths });
}

async function installed(
  { store }: Session,
  layer: ExplainableLayer,
  paths: readonly string[],
): Promise<Result<Brought>> {
  const read = await packagesOf(store, layer, paths);
  if (!read.ok) return read;
  const { listings, paths: all } = read.value;
  const bringers = paths.map((path): [string, Bringer] => [
    path,
    byPackage(listings.get(path) ?? []) ?? notListed(layer, path),
  ]);
  return ok({ bringers: new Map(bringers), paths: all });
}

function byPackage([first, ...others]: readonly Listing[]): Bringer | undefined {
  return first && { by: 'package', ...first, shared: others.map(({ name }) => name) };
}

/** A link into /etc/alternatives is made by the same program as its target. */
function notListed({ kind, owner, paths }: ExplainableLayer, path: string): Bringer {
  if (kind === 'base') return { by: 'registry', image: owner };
  const record = paths.get(path);
  const link = record?.kind === 'other' ? record.link?.slice(1) : undefined;
  const maker = generatedBy(path) ?? generatedBy(link ?? '');
  return { by: 'installation', ...(maker !== undefined && { note: `a path that ${maker}` }) };
}

async function ownBringer(
  { session, workspace, searched }: PathSearch,
  { kind, owner }: ExplainableLayer,
  path: string,
): Promise<Bringer | undefined> {
  if (kind === 'help') return { by: 'help', image: owner };
  const tool = searched.tools.find(({ name }) => name === owner);
  if (kind === 'tool') return tool && { by: 'tool', name: owner, version: tool.version, source: tool.source };
  const image = workspace.images.get(owner);
  const folder = image?.definition.files;
  const file =
    image && folder !== undefined ? `${image.folder}/${folder}/${toText(path) ?? displayPath(path)}` : '';
  const isThere = file !== '' && (await lstat(join(session.root, file)).catch(() => undefined)) !== undefined;
  return { by: 'definition', image: owner, ...(isThere && { file }) };
}
