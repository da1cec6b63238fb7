import { join } from 'node:path';
import { ok, type Platform, type Result, type Tool } from '@image-tooling/model';
import type { TarEntry } from '@image-tooling/layer';
import { fetchNpm } from '@image-tooling/sources';
import { blobCache } from '../../blob-cache';
import type { Session } from '../../session';
import { linkedEntries } from './linked-entries';
import { lockedFiles, type LockedFiles } from './locked-source';
import { npmRun, takeFromNpm } from './npm-files';
import type { ToolRecipe } from './recipe';

/** Raised by hand when the same inputs would give other files. */
const FORMAT = 1;

/** Returns the recipe of a tool from an npm package. */
export async function npmRecipe(
  session: Session,
  tool: Tool,
  platform: Platform,
): Promise<Result<ToolRecipe>> {
  const wanted = lockedFiles(tool, 'npm', platform);
  if (!wanted.ok) return wanted;
  const { files, links, locked } = wanted.value;
  const { package: name, version, integrity } = locked;
  const inputs = { source: 'npm', format: FORMAT, package: name, version, integrity, files, links };
  return ok({
    source: 'npm',
    package: { name, version },
    inputs,
    make: (into) => make(session, tool, wanted.value, into),
  });
}

async function make(
  session: Session,
  tool: Tool,
  { locked, files, links }: LockedFiles<'npm'>,
  into: string,
): Promise<Result<TarEntry[]>> {
  const request = {
    locked,
    cache: blobCache(session.store),
    folder: join(into, 'npm'),
    tool: tool.name,
  };
  const fetched = await fetchNpm(request, npmRun(session));
  if (!fetched.ok) return fetched;
  const { file } = fetched.value;
  const taken = await takeFromNpm(session, { file, locked, files, into: join(into, 'files') });
  return taken.ok ? linkedEntries(tool, taken.value, links) : taken;
}
