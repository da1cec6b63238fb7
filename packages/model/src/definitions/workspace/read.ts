import { shownByFile } from '../../diagnostics/most';
import type { Parsed } from '../../diagnostics/parse';
import type { Failure } from '../../failure';
import { fail, ok, type Result } from '../../result';
import type { ArchiveLock } from '../archive-lock';
import type { FileText } from '../file-text';
import { parseArchiveLock, parseImage, parseImageLock, parseTool, parseToolLock } from '../parse';
import { unknownStateFailures } from './archive-states';
import { checkEntries, link } from './check';
import type { Entry, Folders, ImageEntry, Workspace, WorkspaceEntries } from './types';

/** The files that make a workspace. Locks may be left out; see `checkLocks`. */
export interface WorkspaceFiles extends Partial<Folders> {
  /** <imagesDir>/<name>/image.json */
  readonly images: readonly FileText[];
  /** <toolsDir>/<name>/tool.json */
  readonly tools: readonly FileText[];
  /** lock.json next to an image.json */
  readonly imageLocks?: readonly FileText[];
  /** lock.json next to a tool.json */
  readonly toolLocks?: readonly FileText[];
  readonly archiveLock?: FileText;
}

/**
 * Reads and cross-checks all images and tools of a workspace. Fails with every mistake of every definition:
 * those of `parseImage` and `parseTool`, and `unknown-reference`, `cycle`, `duplicate` and `platform`. Locks
 * are checked by `checkLocks`.
 */
export function readWorkspace(files: WorkspaceFiles): Result<Workspace> {
  const images = readAll(files.images, parseImage);
  const tools = readAll(files.tools, parseTool);
  const archiveLock = files.archiveLock && readOne(files.archiveLock, parseArchiveLock);
  const entries: WorkspaceEntries = {
    images: onArchive(entriesOf(images, readAll(files.imageLocks ?? [], parseImageLock)), archiveLock),
    tools: entriesOf(tools, readAll(files.toolLocks ?? [], parseToolLock)),
    unreadable: new Set(
      [...images, ...tools].filter(([, read]) => !read.ok).map(([folder]) => nameOf(folder)),
    ),
    folders: { imagesDir: files.imagesDir ?? 'images', toolsDir: files.toolsDir ?? 'tools' },
    ...(archiveLock?.ok && { archiveLock: archiveLock.value }),
  };
  const unread = [...images.values(), ...tools.values()].flatMap(failuresOf);
  const [first, ...rest] = shownByFile([...unread, ...checkEntries(entries)]);
  return first ? fail(first, ...rest) : ok(link(entries));
}

type Read<T> = ReadonlyMap<string, Result<Parsed<T>>>;

/** Returns the result of each file, by its folder. */
function readAll<T>(
  files: readonly FileText[],
  parse: (file: string, text: string) => Result<Parsed<T>>,
): Read<T> {
  return new Map(files.map((given) => [folderOf(given.file), readOne(given, parse)]));
}

function readOne<T>(
  { file, text, failure }: FileText,
  parse: (file: string, text: string) => Result<T>,
): Result<T> {
  return failure ? fail(failure) : parse(file, text);
}

/** Returns entries sorted by name, so that results don't depend on the order of files. */
function entriesOf<D, L>(definitions: Read<D>, locks: Read<L>): Map<string, Entry<D, L>> {
  const entries = [...definitions].flatMap(([folder, read]): Entry<D, L>[] => {
    if (!read.ok) return [];
    const { value: definition, document } = read.value;
    return [{ name: nameOf(folder), folder, definition, document, ...lockPart(locks.get(folder)) }];
  });
  return new Map(entries.sort((a, b) => (a.name < b.name ? -1 : 1)).map((entry) => [entry.name, entry]));
}

function lockPart<L>(lock: Result<Parsed<L>> | undefined): Pick<Entry<unknown, L>, 'lock' | 'lockFailures'> {
  if (!lock) return {};
  return lock.ok ? { lock: lock.value } : { lockFailures: lock.failures };
}

/** The states of the archive are part of the locks that name them. */
function onArchive(
  images: ReadonlyMap<string, ImageEntry>,
  archiveLock: Result<Parsed<ArchiveLock>> | undefined,
): ReadonlyMap<string, ImageEntry> {
  const failuresOfImage = (image: ImageEntry): readonly Failure[] => {
    if (!archiveLock || archiveLock.ok) return unknownStateFailures(image, archiveLock?.value.value);
    return 'debian' in image.definition.from ? archiveLock.failures : [];
  };
  return new Map([...images].map(([name, image]) => [name, withFailures(image, failuresOfImage(image))]));
}

function withFailures(image: ImageEntry, failures: readonly Failure[]): ImageEntry {
  return failures.length === 0
    ? image
    : { ...image, lockFailures: [...(image.lockFailures ?? []), ...failures] };
}

function failuresOf(result: Result<unknown>): readonly Failure[] {
  return result.ok ? [] : result.failures;
}

function folderOf(file: string): string {
  return file.slice(0, Math.max(0, file.lastIndexOf('/')));
}

function nameOf(folder: string): string {
  return folder.slice(folder.lastIndexOf('/') + 1);
}
