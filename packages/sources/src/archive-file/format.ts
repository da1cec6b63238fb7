import { open } from 'node:fs/promises';
import type { ReleaseFormat } from '@image-tooling/model';
import { ArchiveFault } from './fault';
import { cutText } from '@image-tooling/model';

/** The signature of a format: its offset and its bytes. */
interface Sign {
  readonly format: string;
  readonly offset: number;
  readonly bytes: string;
}

/**
 * RFC 1952 section 2.3.1; xz file format 1.2 section 2.1.1.1; APPNOTE.TXT 4.3.7 and 4.3.16 (an empty zip has
 * its end alone); POSIX pax, "ustar Interchange Format"; RFC 8878 section 3.1.1; bzip2, which is reported,
 * not read.
 */
const SIGNS: readonly Sign[] = [
  { format: 'gz', offset: 0, bytes: '\x1f\x8b' },
  { format: 'xz', offset: 0, bytes: '\xfd7zXZ\0' },
  { format: 'zip', offset: 0, bytes: 'PK\x03\x04' },
  { format: 'zip', offset: 0, bytes: 'PK\x05\x06' },
  { format: 'tar', offset: 257, bytes: 'ustar' },
  { format: 'bz2', offset: 0, bytes: 'BZh' },
  { format: 'zst', offset: 0, bytes: '\x28\xb5\x2f\xfd' },
];

const EXPECTED: Readonly<Record<ReleaseFormat, string | undefined>> = {
  'tar.gz': 'gz',
  gz: 'gz',
  'tar.xz': 'xz',
  xz: 'xz',
  'tar.zst': 'zst',
  zst: 'zst',
  tar: 'tar',
  zip: 'zip',
  binary: undefined,
};

const HEAD_BYTES = 512;

/** Throws `ArchiveFault` if the file's first bytes are not those of its format. */
export async function checkFormat(file: string, format: ReleaseFormat): Promise<void> {
  const head = await headOf(file);
  const page = webPage(head);
  if (page !== undefined) throw new ArchiveFault(page);
  const expected = EXPECTED[format];
  const found = SIGNS.find((sign) => hasSign(head, sign))?.format;
  if (expected === undefined || found === expected) return;
  // A tar from before POSIX has no signature: the tar reader checks it.
  if (format === 'tar' && found === undefined && head.length === HEAD_BYTES) return;
  throw new ArchiveFault(`is not a ${format} file: ${foundText(head, found)}`);
}

/** Returns the problem if a server sent a web page instead of a file. */
function webPage(head: Buffer): string | undefined {
  const text = head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (!/^<(?:!doctype html|html|head|body|!--)/i.test(text)) return undefined;
  const title = /<title[^>]*>([^<]*)/i.exec(text)?.[1]?.trim().replace(/\s+/g, ' ');
  const named = title ? ` ("${cutText(title, 80)}")` : '';
  return `is a web page${named}: the server, or a proxy on the way, sent it instead of the file`;
}

function foundText(head: Buffer, found: string | undefined): string {
  if (found !== undefined) return `its bytes are those of a ${found} file`;
  if (head.length === 0) return 'it is empty';
  return `it begins with ${[...head.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}`;
}

function hasSign(head: Buffer, { offset, bytes }: Sign): boolean {
  return head.toString('latin1', offset, offset + bytes.length) === bytes;
}

async function headOf(file: string): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
