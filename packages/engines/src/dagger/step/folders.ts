import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ioFailure, writeFileAtomic } from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';
import { BLOCK, writeHeader } from '../../tar/blocks';
import { STEP_FOLDER, type Places } from './places';

/**
 * Path of a tar with the folders that a container needs and a system may lack, so that the engine does not make
 * them: what it mounts over is no change of a step. Commands of any user write their results to the runner's.
 */
export async function foldersTar({ layers }: Places): Promise<Result<string>> {
  const path = join(layers, 'folders.tar');
  try {
    await mkdir(layers, { recursive: true });
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return ok(path);
  } catch (error) {
    return fail(ioFailure(error, path));
  }
  const engines = ['dev', 'etc', 'proc', 'sys'].map((name) => header(name, 0o755));
  const tar = Buffer.concat([...engines, header(STEP_FOLDER, 0o1777), Buffer.alloc(2 * BLOCK)]);
  const written = await writeFileAtomic(path, tar);
  return written.ok ? ok(path) : written;
}

function header(name: string, mode: number): Buffer {
  return writeHeader({ name: `${name}/`, type: '5', mode });
}
