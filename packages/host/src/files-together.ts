import { rm } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { digestOf, fail, ok, type Failure, type Result } from '@image-tooling/model';
import { caughtResult } from './fault';
import { writeFileAtomic } from './files';
import { readRegularFile } from './read-file';

/** A file to write, and what it replaces. */
interface JournalEntry {
  /** Digest of the old content; null if there was no file. */
  readonly before: string | null;
  readonly content: string;
}

interface Journal {
  readonly journalVersion: 1;
  /** By path below the root. */
  readonly files: Readonly<Record<string, JournalEntry>>;
}

/** Bytes of the largest journal that is read: locks of a thousand images have a tenth of it. */
const MOST_JOURNAL_BYTES = 512 * 1024 ** 2;

/** Bytes of the largest file that is replaced. */
const MOST_FILE_BYTES = 64 * 1024 ** 2;

/** Files to write together. */
export interface FilesTogether {
  /** The folder of all paths. */
  readonly root: string;
  /** Path of the journal, which is there while files are written. */
  readonly journal: string;
  /** Contents by path below the root. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Writes several files, all or none: a journal with all contents is written first. If the process ends before it, no
 * file is changed; if it ends after it, `finishFilesTogether` writes the rest. Fails with `disk-full` or `io`; then
 * the journal may be left, for the same reason.
 */
export async function writeFilesTogether({ root, journal, files }: FilesTogether): Promise<Result<void>> {
  const entries: [string, JournalEntry][] = [];
  for (const [path, content] of Object.entries(files)) {
    const before = await readRegularFile(join(root, path), MOST_FILE_BYTES);
    if (!before.ok) return before;
    if (before.value?.toString('utf8') === content) continue;
    entries.push([path, { before: before.value ? digestOf(before.value) : null, content }]);
  }
  if (entries.length === 0) return ok(undefined);
  const text: Journal = { journalVersion: 1, files: Object.fromEntries(entries) };
  const begun = await writeFileAtomic(journal, JSON.stringify(text));
  return begun.ok ? writeRest(root, journal, text) : begun;
}

/**
 * Finishes an interrupted `writeFilesTogether`. Returns the paths of the files that it writes; empty if none was
 * interrupted. Fails with `lock-stale` if a file has been changed since, and as writing does.
 */
export async function finishFilesTogether(root: string, journal: string): Promise<Result<string[]>> {
  const read = await readRegularFile(journal, MOST_JOURNAL_BYTES);
  if (!read.ok || read.value === undefined) return read.ok ? ok([]) : read;
  const parsed = parseJournal(read.value.toString('utf8'), journal);
  if (!parsed.ok) return parsed;
  const changed = await changedSince(root, parsed.value);
  if (!changed.ok) return changed;
  if (changed.value.length > 0) return fail(conflict(journal, changed.value));
  const written = await writeRest(root, journal, parsed.value);
  return written.ok ? ok(Object.keys(parsed.value.files).sort()) : written;
}

async function writeRest(root: string, journal: string, { files }: Journal): Promise<Result<void>> {
  for (const [path, { content }] of Object.entries(files)) {
    const written = await writeFileAtomic(join(root, path), content);
    if (!written.ok) return written;
  }
  return caughtResult(journal, async () => {
    await rm(journal, { force: true });
    return ok(undefined);
  });
}

/** Returns the files that have neither their old nor their new content. */
async function changedSince(root: string, { files }: Journal): Promise<Result<string[]>> {
  const changed: string[] = [];
  for (const [path, { before, content }] of Object.entries(files)) {
    const now = await readRegularFile(join(root, path), MOST_FILE_BYTES);
    if (!now.ok) return now;
    const hash = now.value ? digestOf(now.value) : null;
    if (hash !== before && hash !== digestOf(content)) changed.push(path);
  }
  return ok(changed);
}

function parseJournal(text: string, journal: string): Result<Journal> {
  try {
    const parsed = JSON.parse(text) as Partial<Journal>;
    if (parsed.journalVersion === 1 && Object.entries(parsed.files ?? {}).every(isEntry))
      return ok(parsed as Journal);
  } catch {
    // Reported below.
  }
  return fail({
    code: 'io',
    message: `${journal} is not a journal of this version of image-tooling.`,
    hint: 'Remove it, restore the files of images and tools with git, and run the same command again.',
    place: { file: journal },
  });
}

/** A path must be below the root. */
function isEntry([path, entry]: [string, unknown]): boolean {
  const { before, content } = entry as Partial<JournalEntry>;
  const isInside = !isAbsolute(path) && !normalize(path).startsWith('..');
  return isInside && typeof content === 'string' && (before === null || typeof before === 'string');
}

function conflict(journal: string, changed: readonly string[]): Failure {
  return {
    code: 'lock-stale',
    message: `An interrupted command left ${journal}, and files that it would write have been changed since.`,
    hint: 'Remove the journal to keep the files as they are, or restore them with git and run the command again.',
    place: { file: journal },
    details: changed,
  };
}
