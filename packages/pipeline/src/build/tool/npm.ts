import { join } from 'node:path';
import { ok, type Platform, type Result, type Tool } from '@image-tooling/model';
import type { TarEntry } from '@image-tooling/layer';
import { fetchNpm, type LockedNpm, type NpmFile } from '@image-tooling/sources';
import { blobCache } from '../../blob-cache';
import type { Session } from '../../session';
import { linkedEntries } from './linked-entries';
import { lockedFiles, type LockedFiles } from './locked-source';
import { npmRun, takeFromNpm } from './npm-files';
import { withRaisedPackages } from './npm-raised';
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
  const inputs = {
    ...{ source: 'npm', format: FORMAT, package: name, version, integrity, files, links },
    ...(locked.raised && {
      raised: locked.raised.map(({ package: of, version: at, integrity: hash }) => [of, at, hash]),
    }),
  };
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
  const fetch = (wanted: LockedNpm, folder: string): Promise<Result<NpmFile>> => {
    const request = {
      locked: wanted,
      cache: blobCache(session.store),
      folder: join(into, folder),
      tool: tool.name,
    };
    return fetchNpm(request, npmRun(session));
  };
  const fetched = await fetch(locked, 'npm');
  if (!fetched.ok) return fetched;
  const { file } = fetched.value;
  const taken = await takeFromNpm(session, { file, locked, files, into: join(into, 'files') });
  if (!taken.ok) return taken;
  const raised: NpmFile[] = [];
  for (const [index, one] of (locked.raised ?? []).entries()) {
    const newer = await fetch(one, `npm-raised-${index}`);
    if (!newer.ok) return newer;
    raised.push(newer.value);
  }
  const all = await withRaisedPackages(session, {
    tool,
    taken: taken.value,
    raised,
    into: join(into, 'raised'),
  });
  return all.ok ? linkedEntries(tool, all.value, links) : all;
}
