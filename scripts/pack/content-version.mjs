import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Tells apart what two builds of a year gave. */
const DIGITS = 12;

/**
 * Replaces the version of a laid-out package by `<version>-sha256-<digits of the hash of its files>`: an image is tested
 * before it gets its version, and a commit or date in it would give equal code other digests.
 */
export function setContentVersion(folder, version) {
  const file = join(folder, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  const own = `${version}-sha256-${hashOf(folder).slice(0, DIGITS)}`;
  writeFileSync(file, `${JSON.stringify({ ...manifest, version: own }, null, 2)}\n`);
}

function hashOf(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash('sha256');
  for (const path of paths.sort()) {
    const content = readFileSync(path);
    hash.update(`${relative(folder, path)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}
