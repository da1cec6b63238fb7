import { caught } from '@image-tooling/host';
import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import { displayPath, ContentReader, WHITEOUT, type TarEntry } from '@image-tooling/layer';

/** dpkg's list of a package's installed paths, one a line (dpkg-query(1), --listfiles). */
const PACKAGE_LIST = /^var\/lib\/dpkg\/info\/([^/]+)\.list$/;

/**
 * Whether the name of a path is reserved: in a layer it removes another file (OCI image-spec 1.1, layer.md,
 * "Whiteouts").
 */
export function isReserved(path: string): boolean {
  return path.split('/').some((name) => name.startsWith(WHITEOUT));
}

/** Returns the failures (`archive-format`) for files of a package with reserved names. */
export function reservedFailures(owner: string, paths: readonly string[]): Failure[] {
  return paths.filter(isReserved).map((path) => ({
    code: 'archive-format',
    message: `${owner} contains the file "${displayPath(path)}": in a layer that name removes another file.`,
    hint: 'Names that begin with ".wh." are reserved for layers: leave the package out, or report it to its maintainer.',
  }));
}

/** As `reservedFailures`, for files of a `rootfs/` folder (`rootfs`). */
export function reservedInRootfs(folder: string, entries: readonly TarEntry[]): Failure[] {
  const reserved = entries.filter(({ path }) => isReserved(path));
  return reserved.map(({ path }) => ({
    code: 'rootfs',
    message: `${folder}/${displayPath(path)} can't be in an image: in a layer that name removes another file.`,
    hint: 'Names that begin with ".wh." are reserved for layers: rename it. Leave out files of packages with "omit".',
  }));
}

/**
 * Checks the files that packages installed during a step, by dpkg's lists: in the step's changes, a file with a
 * reserved name looks like the removal of another. Fails with `archive-format`, and with `io` if a list can't be read.
 */
export async function checkInstalledNames(changes: readonly TarEntry[]): Promise<Result<void>> {
  const failures = await caught("reading dpkg's lists", async () => {
    const reader = new ContentReader();
    try {
      return changes.flatMap((entry) => inList(entry, reader));
    } finally {
      reader.close();
    }
  });
  if (!failures.ok) return failures;
  const [first, ...rest] = failures.value;
  return first ? fail(first, ...rest) : ok(undefined);
}

function inList(entry: TarEntry, reader: ContentReader): Failure[] {
  const name = PACKAGE_LIST.exec(entry.path)?.[1];
  if (name === undefined || entry.type !== 'file') return [];
  const list = Buffer.from(reader.head(entry, entry.size)).toString('latin1');
  if (!list.includes(`/${WHITEOUT}`)) return [];
  return reservedFailures(`The package ${displayPath(name)}`, list.split('\n'));
}
