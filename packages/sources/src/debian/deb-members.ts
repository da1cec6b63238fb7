import { Fault } from '@image-tooling/host';
import { readTarBytes, unpackBytes, type Packing, type TarEntry } from '@image-tooling/layer';
import type { Failure } from '@image-tooling/model';
import { NotDeb, readAr, type ArMember } from './ar';

const MAX_CONTROL_BYTES = 64 * 1024 ** 2;

/**
 * Bytes that the files of a package of `size` bytes may have: above any package of Debian (the largest of
 * trixie has 2 GB; padded firmware such as qemu-efi-aarch64 has 240 times its package), below what a Buffer
 * can hold.
 */
function mostDataBytes(size: number): number {
  return Math.min(4 * 1024 ** 3, Math.max(256 * 1024 ** 2, size * 1000));
}

const PACKINGS: Readonly<Record<string, Packing>> = {
  '': 'none',
  '.gz': 'gzip',
  '.xz': 'xz',
  '.zst': 'zstd',
};

/** The members of a .deb in memory (deb(5)). Methods throw `Fault`s and `NotDeb`. */
export class DebMembers {
  private readonly members: readonly ArMember[];

  constructor(
    private readonly name: string,
    file: Buffer,
  ) {
    this.members = readAr(file);
    const [first] = this.members;
    if (first?.name !== 'debian-binary' || !first.data.toString('latin1').startsWith('2.'))
      throw new NotDeb('its first member is not "debian-binary" with format 2');
  }

  /** Returns every file of control.tar by name. */
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

  /** Returns the uncompressed data.tar. */
  data(size: number): Promise<Buffer> {
    return this.unpackTar('data.tar', mostDataBytes(size));
  }

  /** Returns the content of a regular file of the package. */
  async fileIn(size: number, path: string): Promise<Buffer | undefined> {
    const read = await readTarBytes(await this.data(size), { name: 'data.tar' });
    if (!read.ok) throw new Fault(notDeb(this.name, 'data.tar is damaged', read.failures));
    const found = read.value.find((entry) => entry.type === 'file' && entry.path === path);
    return found && bytesIn(found);
  }

  private async unpackTar(base: string, maxBytes: number): Promise<Buffer> {
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

function tooLarge(name: string, most: number): Failure {
  return {
    code: 'too-large',
    message: `The package ${name} unpacks to more than ${most} bytes.`,
    hint: 'It is damaged or malicious: report it to the operator of the archive.',
  };
}

/** Returns a failure about a file that is not a .deb. */
export function notDeb(name: string, why: string, causes: readonly Failure[] = []): Failure {
  const details = causes.flatMap(({ message, details: more = [] }) => [message, ...more]);
  return {
    code: 'archive-format',
    message: `${name} is not a valid Debian package: ${why}.`,
    hint: 'Its checksum is correct, so the archive has it like this: report it to the operator of the archive.',
    ...(details.length > 0 && { details }),
  };
}
