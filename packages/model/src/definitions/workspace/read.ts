import type { Parsed } from '../../diagnostics/parse';
import type { Failure } from '../../failure';
import { fail, ok, type Result } from '../../result';
import { parseArchiveLock, parseImage, parseImageLock, parseTool, parseToolLock } from '../parse';
import { checkEntries, link } from './check';
import type { Entry, Workspace, WorkspaceEntries } from './types';

/** A file as it was read. */
export interface FileText {
  /** Path relative to the workspace root, with "/" between folders. */
  readonly file: string;
  readonly text: string;
}

/** The files that make a workspace. Locks may be left out; see `checkLocks`. */
export interface WorkspaceFiles {
  /** <imagesDir>/<name>/image.json */
  readonly images: readonly FileText[];
  /** <toolsDir>/<name>/tool.json */
  readonly tools: readonly FileText[];
  /** lock.json beside an image.json */
  readonly imageLocks?: readonly FileText[];
  /** lock.json beside a tool.json */
  readonly toolLocks?: readonly FileText[];
  readonly archiveLock?: FileText;
}

/**
 * All images and tools of a workspace, held against one another. Fails with every mistake of every file at once:
 * those of `parseImage` and its like, and `unknown-reference`, `cycle`, `duplicate` and `platform`.
 */
export function readWorkspace(files: WorkspaceFiles): Result<Workspace> {
  const failures: Failure[] = [];
  const entries = readEntries(files, failures);
  const [first, ...rest] = [...failures, ...checkEntries(entries)];
  return first ? fail(first, ...rest) : ok(link(entries));
}

function readEntries(files: WorkspaceFiles, failures: Failure[]): WorkspaceEntries {
  const imageLocks = readAll(files.imageLocks ?? [], parseImageLock, failures);
  const toolLocks = readAll(files.toolLocks ?? [], parseToolLock, failures);
  const images = readAll(files.images, parseImage, failures);
  const tools = readAll(files.tools, parseTool, failures);
  const [archiveLock] = readAll(
    files.archiveLock ? [files.archiveLock] : [],
    parseArchiveLock,
    failures,
  ).values();
  const given = [...files.images, ...files.tools].map(({ file }) => folderOf(file));
  return {
    images: entriesOf(images, imageLocks),
    tools: entriesOf(tools, toolLocks),
    unreadable: new Set(given.filter((folder) => !images.has(folder) && !tools.has(folder)).map(nameOf)),
    ...(archiveLock && { archiveLock }),
  };
}

/** What could be read, by folder; reasons for the rest go to `failures`. */
function readAll<T>(
  files: readonly FileText[],
  parse: (file: string, text: string) => Result<Parsed<T>>,
  failures: Failure[],
): Map<string, Parsed<T>> {
  const read = new Map<string, Parsed<T>>();
  for (const { file, text } of files) {
    const parsed = parse(file, text);
    if (parsed.ok) read.set(folderOf(file), parsed.value);
    else failures.push(...parsed.failures);
  }
  return read;
}

/** Entries by name, in the order of names: so that messages and orders don't depend on how files were found. */
function entriesOf<D, L>(
  definitions: ReadonlyMap<string, Parsed<D>>,
  locks: ReadonlyMap<string, Parsed<L>>,
): Map<string, Entry<D, L>> {
  const entries = [...definitions].map(([folder, { value, document }]): Entry<D, L> => {
    const lock = locks.get(folder);
    return { name: nameOf(folder), folder, definition: value, document, ...(lock && { lock }) };
  });
  return new Map(entries.sort((a, b) => (a.name < b.name ? -1 : 1)).map((entry) => [entry.name, entry]));
}

function folderOf(file: string): string {
  return file.slice(0, Math.max(0, file.lastIndexOf('/')));
}

function nameOf(folder: string): string {
  return folder.slice(folder.lastIndexOf('/') + 1);
}
