import { join } from 'node:path';
import { ok, type Platform, type Result, type Tool } from '@image-tooling/model';
import type { TarEntry } from '@image-tooling/layer';
import { takeFromDeb } from '@image-tooling/sources';
import type { Session } from '../../session';
import { fetchLockedDebs } from '../layers/debs';
import { linkedEntries } from './linked-entries';
import { lockedFiles, type LockedFiles } from './locked-source';
import type { ToolRecipe } from './recipe';

/** Raised by hand when the same inputs would give other files. */
const FORMAT = 1;

/** Returns the recipe of a tool from a Debian package. */
export async function debRecipe(
  session: Session,
  tool: Tool,
  platform: Platform,
): Promise<Result<ToolRecipe>> {
  const wanted = lockedFiles(tool, 'deb', platform);
  if (!wanted.ok) return wanted;
  const { files, links, locked } = wanted.value;
  const { name, version, architecture, sha256 } = locked;
  const inputs = {
    source: 'deb',
    format: FORMAT,
    package: name,
    version,
    architecture,
    sha256,
    files,
    links,
  };
  return ok({
    source: 'deb',
    package: { name, version },
    inputs,
    make: (into) => make(session, tool, wanted.value, into),
  });
}

async function make(
  session: Session,
  tool: Tool,
  { locked: { time, ...deb }, files, links }: LockedFiles<'deb'>,
  into: string,
): Promise<Result<TarEntry[]>> {
  const fetched = await fetchLockedDebs(session, { owner: tool.name, time }, [deb]);
  if (!fetched.ok) return fetched;
  const [file] = fetched.value;
  if (!file) throw new Error('one package was requested, but none was fetched');
  const { signal, progress } = session.context;
  const note = (line: string): void => progress.note(line);
  const taken = await takeFromDeb({ deb: file, files, into: join(into, 'deb'), signal, note });
  return taken.ok ? linkedEntries(tool, taken.value, links) : taken;
}
