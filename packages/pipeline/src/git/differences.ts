import { unreadFailure } from '@image-tooling/host';
import { fail, ok, type CommitDifference, type Result } from '@image-tooling/model';
import { byBytes, displayPath } from '@image-tooling/layer';
import { causeOf } from './causes';
import { indexFiles, objectFormatOf, type IndexFiles } from './index-files';
import type { GitPlace } from './run-git';
import { workFiles, type WorkFile, type WorkPlace } from './work-files';

/**
 * Returns differences between the work tree and git's index, at and below paths relative to the workspace, by
 * path. `git status` does not report what its own settings change: line ends, modes, links, filters,
 * submodules. Fails with `not-publishable` if git refuses, with `io` if a file can't be read.
 */
export async function differencesFromIndex(
  place: GitPlace,
  paths: readonly string[],
): Promise<Result<CommitDifference[]>> {
  const committed = await indexFiles(place, paths);
  if (!committed.ok) return committed;
  const files = await readableFiles({ root: place.root, format: objectFormatOf(committed.value) }, paths);
  if (!files.ok) return files;
  const found: CommitDifference[] = [];
  for (const path of differingPaths(committed.value, files.value)) {
    const cause = await causeOf(place, { path, committed: committed.value, file: files.value.get(path) });
    if (cause) found.push({ path: displayPath(path), ...cause });
  }
  return ok(found);
}

async function readableFiles(
  place: WorkPlace,
  paths: readonly string[],
): Promise<Result<ReadonlyMap<string, WorkFile>>> {
  try {
    return ok(await workFiles(place, paths));
  } catch (error) {
    // Paths were given as bytes, and come back so.
    const { path } = error as { readonly path?: string | Buffer };
    return fail(unreadFailure(error, path?.toString() ?? place.root));
  }
}

function differingPaths(committed: IndexFiles, files: ReadonlyMap<string, WorkFile>): string[] {
  const all = new Set([...committed.keys(), ...files.keys()]);
  return [...all]
    .filter((path) => {
      const [before, now] = [committed.get(path), files.get(path)];
      return now?.isLfsPointer === true || before?.mode !== now?.mode || before?.id !== now?.id;
    })
    .sort(byBytes);
}

/** Returns differences that are not in a list of paths, in which a folder ends with a slash. */
export function withoutPaths(
  differences: readonly CommitDifference[],
  known: readonly string[],
): CommitDifference[] {
  const isKnown = (path: string) =>
    known.some((one) => path === one || (one.endsWith('/') && path.startsWith(one)));
  return differences.filter(({ path }) => !isKnown(path));
}
