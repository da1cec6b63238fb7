import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shellWord } from '@image-tooling/model/shell-word';

const MOST_ENTRIES = 200;
const MOST_BYTES = 65_536;

/**
 * Returns a script that creates a folder's content in the current folder; undefined if it is too large, or
 * has other entries than folders and files. A change in the build's context makes the engine unpack the
 * system again; a change of the script does not.
 */
export async function scriptOfFolder(source: string): Promise<string | undefined> {
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  if (entries.length > MOST_ENTRIES) return undefined;
  const lines: string[] = [];
  let bytes = 0;
  const found = entries
    .map((entry) => ({ entry, path: join(entry.parentPath, entry.name) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const { entry, path } of found) {
    const word = shellWord(`./${path.slice(source.length).replace(/^\/+/, '')}`);
    const { mode, size } = await lstat(path);
    bytes += size;
    if (entry.isDirectory()) lines.push(`mkdir -p ${word}`);
    else if (!entry.isFile() || bytes > MOST_BYTES) return undefined;
    else lines.push(...fileLines(await readFile(path), word));
    lines.push(`chmod ${(mode & 0o777).toString(8)} ${word}`);
  }
  return lines.join('\n');
}

const BYTES_A_LINE = 4096;

/** Every sh has printf, which takes any byte as octal digits. */
function fileLines(content: Buffer, word: string): string[] {
  const lines = [`: > ${word}`];
  for (let at = 0; at < content.length; at += BYTES_A_LINE) {
    const octal = [...content.subarray(at, at + BYTES_A_LINE)].map(
      (byte) => `\\${byte.toString(8).padStart(3, '0')}`,
    );
    lines.push(`printf '${octal.join('')}' >> ${word}`);
  }
  return lines;
}
