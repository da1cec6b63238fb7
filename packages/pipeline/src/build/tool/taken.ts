import { CONSTANT_TIME, type Tool } from '@image-tooling/model';
import {
  directoryEntry,
  fileEntry,
  rangeEntry,
  symlinkEntry,
  toByteString,
  type TarEntry,
} from '@image-tooling/layer';
import type { FileRange, Taken, TakenFiles } from '@image-tooling/sources';

const PREFIX = 'usr/local';
const mtime = CONSTANT_TIME;

/**
 * Returns what was taken out of an archive as entries of a tool's layer: below /usr/local, with the licences.
 */
export function takenEntries({ name }: Pick<Tool, 'name'>, { files, terms }: TakenFiles): TarEntry[] {
  return [
    ...files.map(takenEntry),
    ...terms.map(({ path, content }) => contentEntry(`share/doc/${name}/licenses/${path}`, content, 0o644)),
  ];
}

/** Returns a link below /usr/local with this target, unchanged. */
export function linkEntry(to: string, target: string): TarEntry {
  return symlinkEntry(pathOf(to), toByteString(target), { mtime });
}

function takenEntry(taken: Taken): TarEntry {
  switch (taken.kind) {
    case 'directory':
      return directoryEntry(pathOf(taken.to), { mtime });
    case 'link':
      return linkEntry(taken.to, taken.target);
    case 'file':
      return contentEntry(taken.to, taken.content, taken.executable ? 0o755 : 0o644);
  }
}

function contentEntry(to: string, content: FileRange, mode: number): TarEntry {
  if (content.length === 0) return fileEntry(pathOf(to), new Uint8Array(0), { mode, mtime });
  return rangeEntry(pathOf(to), content, { mode, mtime });
}

function pathOf(to: string): string {
  return toByteString(`${PREFIX}/${to}`);
}
