import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ioFailure, isErrno } from '@image-tooling/host';
import {
  fileText,
  MOST_BYTES,
  tooLargeFile,
  unreadFile,
  type Failure,
  type FileText,
} from '@image-tooling/model';

/**
 * Returns the text of a file below `root`, or undefined if it is missing. One that is too large, not UTF-8 or
 * unreadable has a failure: `too-large`, `json-syntax` or `io`.
 */
export function readFileText(root: string, file: string): Promise<FileText | undefined> {
  return Promise.resolve(textOf(root, file));
}

/**
 * Blocks for 20 µs a file. Each task reads hundreds, and other ways to read take 100 µs of CPU time a file.
 */
function textOf(root: string, file: string): FileText | undefined {
  try {
    return readWithin(root, file);
  } catch (error) {
    if (isErrno(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
    return unreadFile(file, { ...ioFailure(error, file), place: { file } });
  }
}

function readWithin(root: string, file: string): FileText {
  const most = file.endsWith('lock.json') ? MOST_BYTES.lock : MOST_BYTES.definition;
  // Opening a pipe without a writer would block.
  const handle = openSync(join(root, file), constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(handle);
    if (!stats.isFile()) return unreadFile(file, notAFile(file));
    const { size } = stats;
    return size > most ? tooLargeFile(file, size, most) : fileText(file, readFileSync(handle));
  } finally {
    closeSync(handle);
  }
}

function notAFile(file: string): Failure {
  const hint = 'Put a file of JSON there, or remove it.';
  return { code: 'io', message: `${file} is not a file.`, hint, place: { file } };
}
