import { join } from 'node:path';
import {
  ok,
  releaseFile,
  type Platform,
  type ReleaseFile,
  type Result,
  type Tool,
} from '@image-tooling/model';
import type { TarEntry } from '@image-tooling/layer';
import { fetchRelease, releaseFailed, takeFromArchive, type LockedRelease } from '@image-tooling/sources';
import { releaseFetch, releaseName } from '../../release';
import type { Session } from '../../session';
import { linkedEntries } from './linked-entries';
import { lockedSource } from './locked-source';
import type { ToolRecipe } from './recipe';

/** Raised by hand when the same file would give another layer. */
const FORMAT = 1;

/**
 * Returns the recipe of a tool that its vendor publishes prebuilt. Its bytes decide the layer, not their
 * source.
 */
export async function releaseRecipe(
  session: Session,
  tool: Tool,
  platform: Platform,
): Promise<Result<ToolRecipe>> {
  const file = releaseFile(tool.definition, platform);
  if (!file.ok) return file;
  const locked = lockedSource(tool, 'release', platform);
  if (!locked.ok) return locked;
  const named = { name: releaseName(tool, platform), ...locked.value };
  const { format, files, links } = file.value;
  const inputs = { source: 'release', layout: FORMAT, sha256: named.sha256, format, files, links };
  return ok({
    source: 'release',
    inputs,
    make: (into) => make(session, tool, { file: file.value, locked: named }, into),
  });
}

async function make(
  session: Session,
  tool: Tool,
  { file, locked }: { readonly file: ReleaseFile; readonly locked: LockedRelease },
  into: string,
): Promise<Result<TarEntry[]>> {
  const archive = await fetchRelease(locked, releaseFetch(session, into));
  if (!archive.ok)
    return releaseFailed(archive, {
      tool: tool.name,
      folder: tool.folder,
      locked,
      otherSources: otherSources(tool),
    });
  return releaseEntries(session, tool, { ...file, archive: archive.value }, into);
}

function otherSources({ definition }: Tool): string[] {
  return Object.keys(definition.sources).filter((kind) => kind !== 'release');
}

/** A vendor's file that was downloaded, and what to take from it. */
export interface DownloadedRelease extends ReleaseFile {
  /** Path on this machine. */
  readonly archive: string;
}

/**
 * Returns the entries of a tool's layer from a vendor's file. Fails as `takeFromArchive`, and with `schema`
 * for a link to nothing.
 */
export async function releaseEntries(
  { context }: Session,
  tool: Tool,
  { archive, name, format, files, links }: DownloadedRelease,
  into: string,
): Promise<Result<TarEntry[]>> {
  const taken = await takeFromArchive({
    name,
    archive: { file: archive },
    format,
    files,
    into: join(into, 'unpacked'),
    signal: context.signal,
    note: (line) => context.progress.note(line),
  });
  return taken.ok ? linkedEntries(tool, taken.value, links) : taken;
}
