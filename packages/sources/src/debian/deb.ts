import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import { fail, ok, parseStanza, type Failure, type Result, type Stanza } from '@image-tooling/model';
import { failureOf } from '@image-tooling/host';
import { NotDeb, writeAr } from './ar';
import { DebMembers, notDeb } from './deb-members';

/** One more than keeps the processors busy, at most as many as libuv has threads (UV_THREADPOOL_SIZE). */
const limit = pLimit(Math.min(availableParallelism() + 1, 4));

export interface DebRead {
  /** Absolute path of the .deb. */
  readonly file: string;
  /** In messages: "jq 1.7.1-6 (amd64)". */
  readonly name: string;
  /** Where to write the same package with its files uncompressed: dpkg then decompresses nothing. */
  readonly plainTo: string;
  /** 64 hexadecimal digits: checked again when given. */
  readonly sha256?: string;
}

/** A .deb, unpacked. */
export interface Deb {
  /** The control file's fields, by lower-case name. */
  readonly control: Stanza;
  /** The text of the control file, with its line feed at the end. */
  readonly controlText: string;
  /** Every file of control.tar by name: control, conffiles, md5sums, postinst, triggers, … */
  readonly controlFiles: ReadonlyMap<string, Buffer>;
  /** Where in the written package its uncompressed data.tar lies; in bytes. */
  readonly data: { readonly offset: number; readonly length: number };
}

/**
 * Unpacks a .deb (deb(5)). Decompression runs on libuv's threads, so several at once use all cores; no
 * more than four are held in memory. Fails with `checksum`, `archive-format` (naming the package),
 * `too-large`, `disk-full` or `io`.
 */
export function readDeb(request: DebRead): Promise<Result<Deb>> {
  return limit(() => takeApart(request));
}

async function takeApart(request: DebRead): Promise<Result<Deb>> {
  try {
    const bytes = await readFile(request.file);
    const wrong =
      request.sha256 === undefined ? undefined : checksumFailure(bytes, request.name, request.sha256);
    if (wrong) return fail(wrong);
    const members = new DebMembers(request.name, bytes);
    const controlFiles = await members.control();
    const controlText = controlFiles.get('control')?.toString('utf8');
    if (controlText === undefined) throw new NotDeb('control.tar has no file "control"');
    const data = await members.data(bytes.length);
    const offset = await writeAr(request.plainTo, members.withPlainData(data));
    const control = parseStanza(controlText);
    return ok({ control, controlText, controlFiles, data: { offset, length: data.length } });
  } catch (error) {
    return fail(
      error instanceof NotDeb ? notDeb(request.name, error.message) : failureOf(error, request.plainTo),
    );
  }
}

/**
 * Returns the content of a regular file of a .deb, or undefined if it has none at the path. Fails as `readDeb` does.
 */
export function readDebFile(
  { file, name, sha256 }: Required<Omit<DebRead, 'plainTo'>>,
  path: string,
): Promise<Result<Buffer | undefined>> {
  return limit(async () => {
    try {
      const bytes = await readFile(file);
      const wrong = checksumFailure(bytes, name, sha256);
      return wrong ? fail(wrong) : ok(await new DebMembers(name, bytes).fileIn(bytes.length, path));
    } catch (error) {
      return fail(error instanceof NotDeb ? notDeb(name, error.message) : failureOf(error, file));
    }
  });
}

function checksumFailure(bytes: Buffer, name: string, expected: string): Failure | undefined {
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual === expected) return undefined;
  return {
    code: 'checksum',
    message: `The file of ${name} has changed since it was fetched.`,
    hint: 'Remove it from the store and run the build again, which downloads it.',
    details: [`expected sha256 ${expected}`, `got sha256      ${actual}`],
  };
}
