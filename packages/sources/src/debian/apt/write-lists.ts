import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Arch, type Failure, type Result } from '@image-tooling/model';
import { ioFailure } from '@image-tooling/host';
import type { ArchiveState } from '../archive';
import type { ArchivePackage, LockedDeb, PackageIndex } from '../package';
import { LISTS, aptFiles, listName } from './configuration';

export interface AptLists {
  readonly arch: Arch;
  /** The packages that the system chain has already. */
  readonly installed: readonly LockedDeb[];
  /** dpkg's own record of what is below those, where the chain begins with somebody else's system. */
  readonly status?: string;
  /** Where the folder will be mounted in the container. */
  readonly mountAt: string;
}

/**
 * Writes what apt needs to resolve in a container without network: the verified lists, and a status file that says
 * that the chain's packages are installed. Works for any architecture, whatever the container's. Fails with
 * `lock-stale` where the chain has a version that the archive no longer lists, `disk-full` or `io`.
 */
export async function writeAptLists(
  folder: string,
  state: ArchiveState,
  { arch, installed, status = '', mountAt }: AptLists,
): Promise<Result<void>> {
  const stanzas = statusOf(installed, state.packages(arch));
  if (!stanzas.ok) return stanzas;
  const lists = state.lists.filter((list) => list.arch === arch);
  const components = [...new Set(lists.map(({ component }) => component))];
  const files: Record<string, string | Buffer> = {
    ...aptFiles(mountAt, arch, state.releases, components, withGap(status) + stanzas.value),
  };
  for (const list of lists)
    files[join(LISTS, listName(list, `${list.component}/binary-${arch}/Packages`))] = list.content;
  for (const release of state.inReleases) files[join(LISTS, listName(release, 'InRelease'))] = release.text;
  try {
    await mkdir(join(folder, LISTS, 'partial'), { recursive: true });
    for (const [path, content] of Object.entries(files)) await writeFile(join(folder, path), content);
    return ok(undefined);
  } catch (error) {
    return fail(ioFailure(error, folder));
  }
}

/** Paragraphs are parted by an empty line (deb822(5)). */
function withGap(status: string): string {
  return status === '' ? '' : `${status.trimEnd()}\n\n`;
}

function statusOf(installed: readonly LockedDeb[], index: PackageIndex): Result<string> {
  const found = installed.map((deb) => ({ deb, stanza: stanzaOf(deb, index) }));
  const [first, ...rest] = found.flatMap(({ deb, stanza }) => (stanza ? [] : [stale(deb)]));
  if (first) return fail(first, ...rest);
  return ok(found.map(({ stanza }) => `${stanza?.raw}\nStatus: install ok installed\n\n`).join(''));
}

function stanzaOf({ name, version, sha256 }: LockedDeb, index: PackageIndex): ArchivePackage | undefined {
  return index.byName.get(name)?.find((known) => known.version === version && known.sha256 === sha256);
}

function stale({ name, version, architecture }: LockedDeb): Failure {
  return {
    code: 'lock-stale',
    message: `The parent has ${name} ${version} (${architecture}), which the archive no longer lists.`,
    hint: "Run the parent's lock target first, so that all images stand on one state of the archive.",
  };
}
