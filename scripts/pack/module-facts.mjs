import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { licenceFile } from './licences.mjs';
import { ROOT } from './packages.mjs';

/**
 * Copies the package.json and the licence of each bundled npm package to where npm would install it: SBOMs and scanners
 * find packages by these files.
 */
export function copyModuleFacts(moduleFolders, to) {
  for (const folder of moduleFolders) {
    const name = folder.slice(folder.lastIndexOf('node_modules/'));
    mkdirSync(join(to, name), { recursive: true });
    for (const file of ['package.json', licenceFile(folder)])
      cpSync(join(ROOT, folder, file), join(to, name, file));
  }
}
