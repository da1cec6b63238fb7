import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Arch, Result } from '@image-tooling/model';
import { caught } from '@image-tooling/host';
import type { ArchiveState } from '../archive';
import type { ArchivePackage, LockedDeb, PackageIndex } from '../package';
import { LISTS, aptFiles, listName } from './configuration';

export interface AptLists {
  readonly arch: Arch;
  /** The packages that are already in the layers below. */
  readonly installed: readonly LockedDeb[];
  /**
   * Control files of those that the archive no longer lists, by sha256 of the package: see `unlistedDebs`.
   */
  readonly controls?: ReadonlyMap<string, string>;
  /** dpkg's status file of the base, if that is an image from a registry. */
  readonly status?: string;
  /** Where the folder will be mounted in the container. */
  readonly mountAt: string;
}

/**
 * Writes the files for apt in a container without network: the verified lists, and a status file in which the
 * packages of the layers below are installed. Works for any architecture, whatever the container's. Fails
 * with `disk-full` or `io`. Throws if neither the archive nor `controls` has an installed package.
 */
export async function writeAptLists(
  folder: string,
  state: ArchiveState,
  { arch, installed, controls, status = '', mountAt }: AptLists,
): Promise<Result<void>> {
  const stanzas = installed.map((deb) => stanzaOf(deb, state.packages(arch), controls));
  const lists = state.lists.filter((list) => list.arch === arch);
  const components = [...new Set(lists.map(({ component }) => component))];
  const files: Record<string, string | Buffer> = {
    ...aptFiles({
      mountAt,
      arch,
      suites: state.releases,
      components,
      status: withGap(status) + stanzas.join(''),
    }),
  };
  for (const list of lists)
    files[join(LISTS, listName(list, `${list.component}/binary-${arch}/Packages`))] = list.content;
  for (const release of state.inReleases) files[join(LISTS, listName(release, 'InRelease'))] = release.text;
  return caught(folder, async () => {
    await mkdir(join(folder, LISTS, 'partial'), { recursive: true });
    for (const [path, content] of Object.entries(files)) await writeFile(join(folder, path), content);
  });
}

/** Empty lines separate paragraphs (deb822(5)). */
function withGap(status: string): string {
  return status === '' ? '' : `${status.trimEnd()}\n\n`;
}

/** Returns the packages that the archive no longer lists with the same bytes. */
export function unlistedDebs<Deb extends LockedDeb>(installed: readonly Deb[], index: PackageIndex): Deb[] {
  return installed.filter((deb) => listed(deb, index) === undefined);
}

function listed({ name, version, sha256 }: LockedDeb, index: PackageIndex): ArchivePackage | undefined {
  return index.byName.get(name)?.find((known) => known.version === version && known.sha256 === sha256);
}

/**
 * Returns a paragraph of dpkg's status: the control file and whether it is installed (dpkg(1), "Package
 * states").
 */
function stanzaOf(
  deb: LockedDeb,
  index: PackageIndex,
  controls: ReadonlyMap<string, string> | undefined,
): string {
  const control = listed(deb, index)?.raw ?? controls?.get(deb.sha256);
  if (control === undefined)
    throw new Error(`there is no control file of the installed ${deb.name} ${deb.version}`);
  return `${control.trimEnd()}\nStatus: install ok installed\n\n`;
}
