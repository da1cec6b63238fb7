import { archOf, type Platform } from '../platform';
import { all, ok, type Result } from '../result';
import { expandTemplate, versionValues } from './template';
import type { ToolDefinition } from './tool';

/** The files to take from a package for one platform, with placeholders filled in. */
export interface PackageFiles {
  readonly package: string;
  /** Path in the package → path below /usr/local. */
  readonly files: Readonly<Record<string, string>>;
  /** Path of a link → its target, both below /usr/local. */
  readonly links: Readonly<Record<string, string>>;
}

/**
 * Returns the files that a tool's `npm` or `deb` source takes. Fails with `schema` if a placeholder has no
 * value for this version.
 */
export function packageFiles(
  { version, sources }: Pick<ToolDefinition, 'version' | 'sources'>,
  kind: 'npm' | 'deb',
  platform: Platform,
): Result<PackageFiles> {
  const source = sources[kind];
  if (!source) throw new Error('the source that was chosen is one that the tool has');
  const arch = archOf(platform);
  const archNames = 'archNames' in source ? source.archNames : {};
  const values = { ...versionValues(version), arch: archNames[arch] ?? arch };
  const expanded = all(
    [source.package, ...Object.keys(source.files)].map((text) => expandTemplate(text, values)),
  );
  if (!expanded.ok) return expanded;
  const [name = '', ...froms] = expanded.value;
  const destinations = Object.values(source.files);
  return ok({
    package: name,
    files: Object.fromEntries(froms.map((from, index) => [from, destinations[index] ?? ''])),
    links: source.links,
  });
}
