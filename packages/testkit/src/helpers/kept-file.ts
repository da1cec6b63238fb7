import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';

/** Temporary files that are kept after a reboot (Filesystem Hierarchy Standard 3.0, 5.15), and a TMPDIR of a test run. */
const KEPT = '/var/tmp';

/**
 * Returns the path of a file or folder that runs of tests share: it is made once on a machine. `make` gets a folder to
 * work in, and returns the path of the file in it.
 */
export async function keptFile(name: string, make: (work: string) => Promise<string>): Promise<string> {
  const folder = join(KEPT, `image-tooling-testkit-${userInfo().uid}`);
  const kept = join(folder, name);
  if (await exists(kept)) return kept;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const work = await mkdtemp(join(folder, 'work-'));
  try {
    await moveThere(await make(work), kept);
    return kept;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Another run may have made the same folder, which a rename does not replace. */
async function moveThere(made: string, kept: string): Promise<void> {
  try {
    await rename(made, kept);
  } catch (error) {
    if (!(await exists(kept))) throw error;
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
