import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { caught, writeFileAtomic } from '@image-tooling/host';
import { directoryEntry, writeTarBytes } from '@image-tooling/layer';
import { ok, type Result } from '@image-tooling/model';
import { STEP_FOLDER, type Places } from './places';

/**
 * Returns the path of a tar with the folders that a container needs and a system may lack, so that the engine
 * does not create them: mount points are not changes of a step. Commands of any user write their results to
 * the runner's folder.
 */
export async function foldersTar({ layers }: Places): Promise<Result<string>> {
  const path = join(layers, 'folders.tar');
  const made = await caught(path, () => mkdir(layers, { recursive: true }));
  if (!made.ok) return made;
  if (existsSync(path)) return ok(path);
  const engines = ['dev', 'etc', 'proc', 'sys'].map((name) => directoryEntry(name));
  const tar = await writeTarBytes([...engines, directoryEntry(STEP_FOLDER, { mode: 0o1777 })]);
  const written = await writeFileAtomic(path, tar);
  return written.ok ? ok(path) : written;
}
