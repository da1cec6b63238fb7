import type { Platform, SourceKind, Tool, ToolLock } from '@image-tooling/model';
import type { Purls } from '@image-tooling/sbom';
import type { Dependency } from './dependency';
import { debDependency } from './image-dependencies';

/** Returns what the lock of a tool names for the source that its layer was made from. */
export function toolDependencies(
  purls: Purls,
  tool: Tool,
  source: SourceKind,
  platform: Platform,
): Dependency[] {
  const lock = tool.lock?.value;
  return lock ? BY_SOURCE[source](purls, lock, platform, tool.name) : [];
}

type Named = (purls: Purls, lock: ToolLock, platform: Platform, tool: string) => Dependency[];

/** The hashes of a Go tool's modules are in its go.sum, which is among the definitions. */
const BY_SOURCE: Readonly<Record<SourceKind, Named>> = {
  go: ({ purl }, { go }, _, tool) => {
    if (!go) return [];
    const digest: Dependency['digest'] = go.commit === undefined ? {} : { gitCommit: go.commit };
    return [{ uri: purl('golang', go.module, go.version), digest, name: `source of ${tool}` }];
  },
  release: (_, { release }, platform, tool) => {
    const file = release?.[platform];
    return file ? [{ uri: file.url, digest: { sha256: file.sha256 }, name: `release of ${tool}` }] : [];
  },
  npm: ({ purl }, { npm }, platform, tool) => {
    const file = npm?.[platform];
    if (!file) return [];
    const sha512 = Buffer.from(file.integrity.replace('sha512-', ''), 'base64').toString('hex');
    const uri = purl('npm', file.package, file.version);
    return [{ uri, digest: { sha256: file.sha256, sha512 }, name: `npm package of ${tool}` }];
  },
  deb: (purls, { deb }, platform, tool) => {
    const file = deb?.[platform];
    return file ? [debDependency(purls, file, `Debian package of ${tool}`)] : [];
  },
  // Its sources are in the commit, which is among the dependencies.
  workspace: () => [],
};
