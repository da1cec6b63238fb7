import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { caught } from '@image-tooling/host';
import type { PlannedCommand, Result } from '@image-tooling/model';
import type { Session } from '../session';
import { hasFiles, type CheckFolders } from './batches';

/**
 * Runs `work` with the folders that commands see, made on this machine and removed afterwards. Fails with
 * `disk-full` or `io`.
 */
export async function withCheckFolders<T>(
  { store }: Pick<Session, 'store'>,
  commands: readonly PlannedCommand[],
  work: (folders: CheckFolders) => Promise<Result<T>>,
): Promise<Result<T>> {
  const folder = await store.tempDir('test');
  if (!folder.ok) return folder;
  try {
    const folders = { empty: join(folder.value, 'home'), files: join(folder.value, 'files') };
    const written = await writeFolders(folders, commands);
    return written.ok ? await work(folders) : written;
  } finally {
    await rm(folder.value, { recursive: true, force: true });
  }
}

function writeFolders(
  { empty, files }: CheckFolders,
  commands: readonly PlannedCommand[],
): Promise<Result<void>> {
  return caught(files, async () => {
    for (const folder of [empty, files]) await openFolder(folder);
    for (const [place, command] of commands.entries())
      if (hasFiles(command)) await writeFiles(join(files, String(place)), command.files);
  });
}

async function writeFiles(folder: string, files: PlannedCommand['files']): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    for (const above of foldersBetween(folder, dirname(file))) await openFolder(above);
    await writeFile(file, content);
    await chmod(file, 0o644);
  }
}

function foldersBetween(top: string, folder: string): string[] {
  const parts = relative(top, folder).split(sep).filter(Boolean);
  return [top, ...parts.map((_, at) => join(top, ...parts.slice(0, at + 1)))];
}

/** Makes a folder that any user can read, whatever the umask of this process. */
async function openFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
}
