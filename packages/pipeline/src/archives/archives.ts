import { join } from 'node:path';
import { ok, type Result } from '@image-tooling/model';
import {
  debianArchives,
  debianSuites,
  readTrustedKeys,
  type ArchiveSources,
  type Suite,
} from '@image-tooling/sources';
import type { Session } from '../session';

/** The folder of archives' keys, one subfolder for each archive. */
const TRUST_FOLDER = 'trust';

/** Returns every archive of the workspace with its mirrors and keys: Debian's, and those of nx.json. */
export async function archivesOf({ root, options: { debian } }: Session): Promise<Result<ArchiveSources>> {
  const own = await debianArchives({
    trustFolder: join(root, TRUST_FOLDER),
    mirrors: debian.mirrors,
    ...(debian.snapshot !== undefined && { snapshot: debian.snapshot }),
  });
  if (!own.ok) return own;
  const sources: Record<string, ArchiveSources[string]> = { ...own.value };
  for (const { name, url, keys } of debian.archives) {
    const trustedKeys = await readTrustedKeys(root, keys);
    if (!trustedKeys.ok) return trustedKeys;
    sources[name] = {
      mirrors: [...(Object.hasOwn(debian.mirrors, name) ? (debian.mirrors[name] ?? []) : []), url],
      trustedKeys: trustedKeys.value,
    };
  }
  return ok(sources);
}

/** Returns the suites for images from `{ "debian": codename }`. */
export function suitesOf({ options: { debian } }: Session, codename: string): Suite[] {
  const own = debianSuites(codename).filter(({ suite }) => debian.suites?.includes(suite) ?? true);
  const others = debian.archives.flatMap(({ name, suites }) =>
    suites.map((suite) => ({ archive: name, suite })),
  );
  return [...own, ...others];
}
