import * as z from 'zod';
import { writerSchema } from './writer';

const FIRST_LINE = 'image-tooling-cache-object 1\n';

/** A header is shorter; what is longer is damaged. */
export const MOST_HEADER_BYTES = 4096;

const headerSchema = z.strictObject({
  hash: z.string(),
  /** Of the content, in hexadecimal digits. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Bytes of the content. */
  size: z.number().int().nonnegative(),
  /** ISO 8601. */
  time: z.string(),
  writer: writerSchema,
});

/** What is known about an entry: kept in front of its content, in one object, so that neither is lost alone. */
export type Header = z.output<typeof headerSchema>;

/** Returns the bytes in front of the content: a line with the format, and a line of JSON. */
export function headerBytes(header: Header): Buffer {
  return Buffer.from(`${FIRST_LINE}${JSON.stringify(header)}\n`);
}

export interface ReadHeader {
  readonly header: Header;
  /** Where the content begins. */
  readonly offset: number;
}

/** Reads the header at the beginning of an object; undefined if it is damaged. */
export function readHeader(beginning: Buffer): ReadHeader | undefined {
  if (beginning.subarray(0, FIRST_LINE.length).toString('latin1') !== FIRST_LINE) return undefined;
  const end = beginning.subarray(0, MOST_HEADER_BYTES).indexOf('\n', FIRST_LINE.length);
  if (end < 0) return undefined;
  const header = parsed(beginning.subarray(FIRST_LINE.length, end).toString());
  return header && { header, offset: end + 1 };
}

function parsed(text: string): Header | undefined {
  try {
    return headerSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
