import {
  EXPLAIN_VERSION,
  fail,
  ok,
  type PathEvent,
  type PathExplanation,
  type Platform,
  type Result,
  type Workspace,
} from '@image-tooling/model';
import { displayPath, toByteString } from '@image-tooling/layer';
import type { Session } from '../../session';
import type { Project } from '../../workspace/load';
import { factsOf } from './facts';
import { folderParts } from './folder';
import { follow, partsOf, type Followed } from './follow';
import { foundPaths, type FoundPaths } from './found';
import { historyOf } from './history';
import { indexesOf, layerName, searchedImage, searchedTool, type Searched } from './layers';
import { notThere } from './not-there';

/** The path to explain, as the user wrote it. */
export interface PathRequest {
  readonly project: Project;
  readonly platform: Platform;
  readonly path: string;
}

/**
 * Explains where a path of an image, or of a tool's layer, comes from. Fails with `unknown-reference` if
 * there is no such path or it was not built, and with `store-corrupt`.
 */
export async function explainPath(
  session: Session,
  workspace: Workspace,
  { project, platform, path: asked }: PathRequest,
): Promise<Result<PathExplanation>> {
  const searched =
    project.kind === 'image'
      ? await searchedImage(session, project.image, platform)
      : await searchedTool(session, project.tool, platform);
  if (!searched.ok) return searched;
  const path = partsOf(toByteString(asked)).join('/');
  const followed = follow(indexesOf(searched.value), path);
  const refused = refusal(searched.value, asked, followed);
  if (refused) return refused;
  const found = await foundPaths({ session, workspace, searched: searched.value }, followed);
  return found.ok ? ok(explanation(searched.value, asked, followed, found.value)) : found;
}

function refusal(
  searched: Searched,
  asked: string,
  { end, path, links }: Followed,
): Result<never> | undefined {
  const shown = `/${displayPath(path)}`;
  if (end === 'circle')
    return fail({
      code: 'unknown-reference',
      message: `${asked} can't be resolved: there is a cycle of links at ${shown}.`,
    });
  if (end === 'inside')
    return fail({
      code: 'unknown-reference',
      message: `${asked} is not in ${searched.name}: ${shown} is not a folder.`,
      hint: `Ask for the parent: npx nx run ${searched.name}:explain --file ${shown}`,
    });
  const events = historyOf(indexesOf(searched), path);
  const wasThere = events.some(({ record }) => record !== undefined);
  return end === 'found' || links.length > 0 || wasThere ? undefined : notThere(searched, asked, path);
}

function explanation(
  searched: Searched,
  asked: string,
  { links, path, end }: Followed,
  found: FoundPaths,
): PathExplanation {
  const { name, platform, layers } = searched;
  const last = end === 'found' ? found.get(path) : undefined;
  const isFolder = end === 'found' && (path === '' || last?.facts.type === 'folder');
  return {
    explainVersion: EXPLAIN_VERSION,
    explains: 'path',
    name,
    platform,
    asked,
    links: links.flatMap((link) => found.get(link) ?? []),
    path: `/${displayPath(path)}`,
    ...(last && { found: last }),
    layers: eventsOf(searched, path),
    ...(isFolder && { folder: folderParts(layers, path) }),
  };
}

function eventsOf(searched: Searched, path: string): PathEvent[] {
  return historyOf(indexesOf(searched), path).flatMap(({ at, record }): PathEvent[] => {
    const layer = searched.layers[at];
    if (!layer) return [];
    const name = layerName(layer);
    if (!record) return [{ layer: name, does: 'removes' }];
    return [{ layer: name, does: 'has', facts: factsOf(record, layer.paths) }];
  });
}
