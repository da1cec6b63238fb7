import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tree } from '@nx/devkit';
import { dataFolder } from '../shared/package-data';

/** Writes the keys that sign Debian's archives, for the workspace to commit. Keeps existing files. */
export function addTrustedKeys(tree: Tree): void {
  const from = dataFolder('trust');
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const target = join('trust', path.slice(from.length + 1));
    if (!tree.exists(target)) tree.write(target, readFileSync(path));
  }
}
