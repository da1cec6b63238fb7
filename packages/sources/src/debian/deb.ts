import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import { fail, ok, parseStanza, type Failure, type Result, type Stanza } from '@image-tooling/model';
import { failureOf, Fault } from '@image-tooling/host';
import { readTarBytes, unpackBytes, type Packing, type TarEntry } from '@image-tooling/layer';
import { NotDeb, readAr, writeAr, type ArMember } from './ar';

/** One more than keeps the processors busy, at most as many as libuv has threads (UV_THREADPOOL_SIZE). */
const limit = pLimit(Math.min(availableParallelism() + 1, 4));

const MAX_CONTROL_BYTES = 64 * 1024 ** 2;

/**
 * Bytes that the files of a package of `size` bytes may have: above any package of Debian (the largest of
 * trixie has 2 GB; padded firmware such as qemu-efi-aarch64 has 240 times its package), below what a Buffer
 * can hold.
 */
function mostDataBytes(size: number): number {
  return Math.min(4 * 1024 ** 3, Math.max(256 * 1024 ** 2, size * 1000));
}

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
    const members = new Members(request.name, readAr(bytes));
    const controlFiles = await members.control();
    const controlText = controlFiles.get('control')?.toString('utf8');
    if (controlText === undefined) throw new NotDeb('control.tar has no file "control"');
    const data = await members.unpackTar('data.tar', mostDataBytes(bytes.length));
    const offset = await writeAr(request.plainTo, members.withPlainData(data));
    const control = parseStanza(controlText);
    return ok({ control, controlText, controlFiles, data: { offset, length: data.length } });
  } catch (error) {
    return fail(
      error instanceof NotDeb ? notDeb(request.name, error.message) : failureOf(error, request.plainTo),
    );
  }
}

const PACKINGS: Readonly<Record<string, Packing>> = {
  '': 'none',
  '.gz': 'gzip',
  '.xz': 'xz',
  '.zst': 'zstd',
};

class Members {
  constructor(
    private readonly name: string,
    private readonly members: readonly ArMember[],
  ) {
    const [first] = members;
    if (first?.name !== 'debian-binary' || !first.data.toString('latin1').startsWith('2.'))
      throw new NotDeb('its first member is not "debian-binary" with format 2');
  }

  async control(): Promise<Map<string, Buffer>> {
    const tar = await this.unpackTar('control.tar', MAX_CONTROL_BYTES);
    const read = await readTarBytes(tar, { name: 'control.tar' });
    if (!read.ok) throw new Fault(notDeb(this.name, 'control.tar is damaged', read.failures));
    return new Map(
      read.value.filter(({ type }) => type === 'file').map((entry) => [entry.path, bytesIn(entry)]),
    );
  }

  /**
   * Writes the same package with an uncompressed data.tar as its last member, which dpkg accepts (deb(5)).
   */
  withPlainData(data: Buffer): ArMember[] {
    const before = this.members.filter(
      ({ name }) => name === 'debian-binary' || name.startsWith('control.tar'),
    );
    return [...before, { name: 'data.tar', data }];
  }

  async unpackTar(base: string, maxBytes: number): Promise<Buffer> {
    const member = this.members.find(({ name }) => name === base || name.startsWith(`${base}.`));
    if (member === undefined) throw new NotDeb(`it has no member "${base}"`);
    const packing = PACKINGS[member.name.slice(base.length)];
    if (packing === undefined) throw new NotDeb(`"${member.name}" has an unknown compression`);
    const unpacked = await unpackBytes(member.data, packing, maxBytes);
    if (unpacked.ok) return unpacked.value;
    if (unpacked.failures[0].code === 'too-large') throw new Fault(tooLarge(this.name, maxBytes));
    throw new Fault(notDeb(this.name, `"${member.name}" can't be unpacked`, unpacked.failures));
  }
}

/** Returns the content of a file that was read from memory. */
function bytesIn({ content }: TarEntry): Buffer {
  return content.kind === 'bytes' ? Buffer.from(content.bytes) : Buffer.alloc(0);
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

function tooLarge(name: string, most: number): Failure {
  return {
    code: 'too-large',
    message: `The package ${name} unpacks to more than ${most} bytes.`,
    hint: 'It is damaged or malicious: report it to the operator of the archive.',
  };
}

function notDeb(name: string, why: string, causes: readonly Failure[] = []): Failure {
  const details = causes.flatMap(({ message, details: more = [] }) => [message, ...more]);
  return {
    code: 'archive-format',
    message: `${name} is not a valid Debian package: ${why}.`,
    hint: 'Its checksum is correct, so the archive has it like this: report it to the operator of the archive.',
    ...(details.length > 0 && { details }),
  };
}
