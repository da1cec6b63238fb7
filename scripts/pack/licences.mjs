import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './packages.mjs';

/** Returns the licences of the npm packages in a bundle, which require that their text is included. */
export function licencesOf(moduleFolders) {
  return moduleFolders
    .map((folder) => `${title(folder)}\n\n${text(folder)}\n`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function title(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
  return `${name} ${version} (${license})`;
}

function text(folder) {
  return readFileSync(join(ROOT, folder, licenceFile(folder)), 'utf8').trim();
}

/** Returns the name of a package's licence file. */
export function licenceFile(folder) {
  const file = readdirSync(join(ROOT, folder)).find((name) => /^licen[cs]e/i.test(name));
  if (file === undefined) throw new Error(`${folder} has no licence file to include.`);
  return file;
}
