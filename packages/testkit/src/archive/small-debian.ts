import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  bootstrapClosure,
  createDownloader,
  debianArchives,
  debianSuites,
  openArchive,
  type ArchivePackage,
} from '@image-tooling/sources';
import { ARCHES, archOf, platformOfNode, type Arch } from '@image-tooling/model';
import { SILENT, valueOf } from '../helpers';
import { signingKey } from './keys';
import { leanPackages, type LeanPackage } from './lean-packages';
import { publishArchive } from './publish';

const CODENAME = 'trixie';

/** The suites that stand in for Debian's, by archive. */
export const SMALL_DEBIAN_SUITES = { debian: CODENAME, 'debian-security': `${CODENAME}-security` } as const;

/**
 * Writes archives `debian` and `debian-security` into a folder that list what a new system of Debian's needs and
 * nothing else, and `key.asc`, by which they are signed. The lists are a hundredth of Debian's 10 MB, which each lock
 * fetches, reads, and has apt read. This machine's .debs are in the folder, without manuals and the like; those of
 * another architecture come from Debian's own mirrors.
 */
export async function writeSmallDebian(folder: string, trustFolder: string, date: Date): Promise<void> {
  const { packages, lean } = await requiredPackages(trustFolder);
  for (const [archive, suite] of Object.entries(SMALL_DEBIAN_SUITES)) {
    const own = packages.filter((found) => found.package.archive === archive);
    const listed = (arch: Arch): string =>
      own
        .filter((found) => found.arch === arch)
        .map((found) => lean.get(found.package.sha256)?.stanza ?? `${found.package.raw.trimEnd()}\n\n`)
        .join('');
    const lists = { amd64: listed('amd64'), arm64: listed('arm64') };
    const files = await publishArchive({ suite, packages: [], lists, date });
    for (const { path, sha256 } of own.map((found) => found.package)) {
      const deb = lean.get(sha256);
      if (deb !== undefined) files.set(path, deb.content);
    }
    for (const [path, content] of files) await write(join(folder, archive, path), content);
  }
  await writeFile(join(folder, 'key.asc'), (await signingKey('trusted')).publicKey);
}

interface RequiredPackages {
  readonly packages: readonly { readonly arch: Arch; readonly package: ArchivePackage }[];
  /** Those of this machine, by Debian's sha256. */
  readonly lean: ReadonlyMap<string, LeanPackage>;
}

async function requiredPackages(trustFolder: string): Promise<RequiredPackages> {
  const archives = valueOf(await debianArchives({ trustFolder }));
  const http = createDownloader({ env: process.env });
  const request = { archives, suites: debianSuites(CODENAME), arches: ARCHES, http };
  const signal = new AbortController().signal;
  const state = valueOf(await openArchive(request, { signal, progress: SILENT }));
  const packages = ARCHES.flatMap((arch) =>
    valueOf(bootstrapClosure(state.packages(arch), { include: ['apt'] })).map((found) => ({
      arch,
      package: found,
    })),
  );
  const own = packages.filter(({ arch }) => arch === archOf(platformOfNode(process.arch) ?? 'linux/amd64'));
  const lean = await leanPackages(
    own.map((found) => found.package),
    { archives, http, time: state.time },
  );
  return { packages, lean };
}

async function write(path: string, content: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
