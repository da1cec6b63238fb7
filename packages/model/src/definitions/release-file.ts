import { archOf, type Platform } from '../platform';
import { all, ok, type Result } from '../result';
import { releaseFormat, type ReleaseFormat } from './release-format';
import { expandTemplate, versionValues } from './template';
import type { ToolDefinition } from './tool';

/** A vendor's file for one platform, with every placeholder filled in. */
export interface ReleaseFile {
  readonly url: string;
  /** The last part of the URL, for display. */
  readonly name: string;
  readonly format: ReleaseFormat;
  /** Path in the archive → path below /usr/local. */
  readonly files: Readonly<Record<string, string>>;
  /** Path of a link → its target, both below /usr/local. */
  readonly links: Readonly<Record<string, string>>;
}

/**
 * Returns the file of a tool's `release` source. Fails with `schema` if a placeholder has no value for this
 * version.
 */
export function releaseFile(
  { version, sources }: Pick<ToolDefinition, 'version' | 'sources'>,
  platform: Platform,
): Result<ReleaseFile> {
  const { release } = sources;
  if (!release) throw new Error('the source that was chosen is one that the tool has');
  const arch = archOf(platform);
  const values = { ...versionValues(version), arch: release.archNames[arch] ?? arch };
  const expand = (text: string): Result<string> => expandTemplate(text, values);
  const url = expand(release.url);
  if (!url.ok) return url;
  const froms = all(Object.keys(release.files).map(expand));
  if (!froms.ok) return froms;
  const destinations = Object.values(release.files);
  return ok({
    url: url.value,
    name: nameOf(url.value),
    format: releaseFormat({ url: url.value, format: release.format }),
    files: Object.fromEntries(froms.value.map((from, index) => [from, destinations[index] ?? ''])),
    links: release.links,
  });
}

function nameOf(url: string): string {
  const path = url.replace(/[?#].*$/, '').replace(/\/+$/, '');
  return path.slice(path.lastIndexOf('/') + 1);
}
