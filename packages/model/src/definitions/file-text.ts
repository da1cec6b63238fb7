import { placeAt } from '../diagnostics/document';
import { linesOf } from '../diagnostics/lines';
import type { Failure, Place } from '../failure';

/** A file as it was read. */
export interface FileText {
  /** Path relative to the workspace root, with "/" between folders. */
  readonly file: string;
  readonly text: string;
  /** Why the text can't be used; the text is then empty or incomplete. */
  readonly failure?: Failure;
}

/**
 * Bytes. The largest image.json of this repository has 7 KB; its largest lock 88 KB, and one of all of Debian
 * 45 MB.
 */
export const MOST_BYTES = { definition: 1024 ** 2, lock: 64 * 1024 ** 2 } as const;

/** Returns a file that could not be read. */
export function unreadFile(file: string, failure: Failure): FileText {
  return { file, text: '', failure };
}

/** Returns a file that is too large to read (`too-large`). Sizes in bytes. */
export function tooLargeFile(file: string, bytes: number, most: number): FileText {
  return unreadFile(file, {
    code: 'too-large',
    message: `The file has ${bytes} bytes; at most ${most} are read.`,
    hint: 'Restore it from git, or leave out what does not belong there: data goes to files of its own.',
    place: { file },
  });
}

/**
 * Decodes a file as UTF-8 (RFC 8259, section 8.1). Invalid bytes are a `json-syntax` failure with their
 * place.
 */
export function fileText(file: string, bytes: Buffer): FileText {
  const text = bytes.toString('utf8');
  const at = firstInvalid(text, bytes);
  return at ? { file, text, failure: notUtf8(file, text, bytes, at) } : { file, text };
}

/** An offset: in UTF-16 code units of the text, and in bytes of the file. */
interface Offsets {
  readonly inText: number;
  readonly inFile: number;
}

/** The decoder writes U+FFFD for invalid bytes; a U+FFFD in the file itself has its own bytes. */
function firstInvalid(text: string, bytes: Buffer): Offsets | undefined {
  let inText = 0;
  let inFile = 0;
  for (let next = text.indexOf(REPLACEMENT); next !== -1; next = text.indexOf(REPLACEMENT, inText)) {
    inFile += Buffer.byteLength(text.slice(inText, next));
    if (bytes.toString('latin1', inFile, inFile + 3) !== '\xef\xbf\xbd') return { inText: next, inFile };
    inText = next + 1;
    inFile += 3;
  }
  return undefined;
}

const REPLACEMENT = '\ufffd';

function notUtf8(file: string, text: string, bytes: Buffer, at: Offsets): Failure {
  const byte = (bytes[at.inFile] ?? 0).toString(16).padStart(2, '0');
  const isUtf16 = /^(?:\xff\xfe|\xfe\xff)/.test(bytes.toString('latin1', 0, 2));
  const [what, from] = isUtf16 ? ['UTF-16', 'UTF-16'] : [`0x${byte} at byte ${at.inFile}`, 'ISO-8859-1'];
  return {
    code: 'json-syntax',
    message: `The file is not UTF-8: ${what}.`,
    hint: `Save it as UTF-8; "iconv -f ${from} -t UTF-8" converts it, if that is what it is.`,
    place: isUtf16 ? { file } : placeOfByte(file, text, at),
  };
}

function placeOfByte(file: string, text: string, { inText }: Offsets): Place {
  return placeAt({ file, lines: linesOf(text) }, inText, 1, 'not UTF-8');
}
