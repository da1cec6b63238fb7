import { lstat, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { caughtResult, mapConcurrent } from '@image-tooling/host';
import { rangeEntry, toByteString, type TarEntry } from '@image-tooling/layer';
import { all, fail, ok, type Failure, type Json, type Result, type Tool } from '@image-tooling/model';
import { filesFromFolder } from '@image-tooling/oci';
import { entryInputs } from '../layers/entry-inputs';

/**
 * Returns the files that a tool of the workspace is built from: path in the workspace → kind, mode, content. Fails with
 * `unknown-reference` for a missing path, with `rootfs` for one that is no file or folder of the workspace, and with
 * `io`.
 */
export async function workspaceInputs(
  root: string,
  tool: Tool,
  paths: readonly string[],
): Promise<Result<Readonly<Record<string, Json>>>> {
  const found = all(await mapConcurrent(paths, (path) => filesAt(root, tool, path)));
  if (!found.ok) return found;
  const files = found.value.flat().filter(({ type }) => type !== 'directory');
  const inputs = all(await mapConcurrent(files, entryInputs));
  return inputs.ok ? ok(Object.fromEntries(inputs.value)) : inputs;
}

async function filesAt(root: string, tool: Tool, path: string): Promise<Result<TarEntry[]>> {
  const place = join(root, path);
  return caughtResult(place, async () => {
    const stats = await lstat(place).catch(() => undefined);
    if (!stats) return fail(missing(tool, path));
    // What a link leads to is not committed. `build --check` links to the top folders of the workspace.
    if (!(await realpath(place)).endsWith(`/${path}`)) return fail(unfit(tool, path));
    if (stats.isFile()) return ok([fileAt(place, path, stats)]);
    if (!stats.isDirectory()) return fail(unfit(tool, path));
    const files = await filesFromFolder(place, { mtime: 0 });
    return files.ok ? ok(files.value.map((one) => below(path, one))) : files;
  });
}

/** As git stores it. */
function fileAt(
  file: string,
  path: string,
  stats: { readonly size: number; readonly mode: number },
): TarEntry {
  const mode = (stats.mode & 0o100) !== 0 ? 0o755 : 0o644;
  return rangeEntry(toByteString(path), { file, offset: 0, length: stats.size }, { mode });
}

/** Returns an entry of a folder as an entry of the folder's parent. */
export function below(folder: string, entry: TarEntry): TarEntry {
  return { ...entry, path: `${toByteString(folder)}/${entry.path}` };
}

function missing(tool: Tool, path: string): Failure {
  return {
    code: 'unknown-reference',
    message: `${tool.name}: there is no "${path}" in the workspace, which "inputs" names.`,
    hint: 'Write paths relative to the folder of nx.json, or remove it.',
    place: { file: tool.document.file },
  };
}

function unfit(tool: Tool, path: string): Failure {
  return {
    code: 'rootfs',
    message: `${tool.name}: "${path}" in "inputs" is not a file or folder of the workspace, or is a link or below one.`,
    hint: 'Name the real file or folder: what a link leads to is not in the commit.',
    place: { file: tool.document.file },
  };
}
