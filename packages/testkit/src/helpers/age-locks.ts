import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Makes all locks below a folder as if their owners had last renewed them 9.9 s ago: those of a killed process are
 * free at once, and no test waits for the 10 s (`STALE_MS` of host's locks).
 */
export async function ageLocks(folder: string): Promise<void> {
  const renewed = new Date(Date.now() - 9900);
  const names = await readdir(folder, { recursive: true });
  for (const name of names.filter((path) => path.endsWith('.lock')))
    await utimes(join(folder, name), renewed, renewed);
}
