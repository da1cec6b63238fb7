import { open } from 'node:fs/promises';
import { Fault } from '@image-tooling/host';

/** A file that is not a .deb: why, for the end of a sentence. `readDeb` adds the name of the package. */
export class NotDeb extends Fault {
  constructor(why: string) {
    super({ code: 'archive-format', message: why });
  }
}

/** A member of an ar file; `data` is a view, not a copy. */
export interface ArMember {
  readonly name: string;
  readonly data: Buffer;
}

const MAGIC = '!<arch>\n';
const HEADER_BYTES = 60;

/** Returns the members of an ar file (deb(5), ar(5)). Throws `NotDeb`. */
export function readAr(file: Buffer): ArMember[] {
  if (file.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new NotDeb('it is not an ar file');
  const members: ArMember[] = [];
  let position = MAGIC.length;
  while (position < file.length) {
    const header = file.toString('latin1', position, position + HEADER_BYTES);
    const sizeText = header.slice(48, 58).trim();
    if (header.length < HEADER_BYTES || !header.endsWith('`\n') || !/^\d+$/.test(sizeText))
      throw new NotDeb(`the member header at byte ${position} is damaged`);
    const name = header.slice(0, 16).trim().replace(/\/$/, '');
    const start = position + HEADER_BYTES;
    const end = start + Number(sizeText);
    if (end > file.length) throw new NotDeb(`the member "${name}" ends after the file`);
    members.push({ name, data: file.subarray(start, end) });
    position = end + (end % 2);
  }
  return members;
}

/**
 * Writes an ar file. Returns the offset of its last member's data, in bytes. Throws errors of the file
 * system. The owner is root and the time is the epoch, since nothing reads them.
 */
export async function writeAr(file: string, members: readonly ArMember[]): Promise<number> {
  const parts = [
    Buffer.from(MAGIC),
    ...members.flatMap(({ name, data }) => [header(name, data), data, padding(data)]),
  ];
  const handle = await open(file, 'w');
  try {
    for (const part of parts) await handle.writeFile(part);
  } finally {
    await handle.close();
  }
  const last = members.at(-1)?.data ?? Buffer.alloc(0);
  return parts.reduce((sum, part) => sum + part.length, 0) - padding(last).length - last.length;
}

function header(name: string, data: Buffer): Buffer {
  const fields = [name.padEnd(16), '0'.padEnd(12), '0'.padEnd(6), '0'.padEnd(6), '100644'.padEnd(8)];
  return Buffer.from(`${fields.join('')}${String(data.length).padEnd(10)}\`\n`, 'latin1');
}

function padding(data: Buffer): Buffer {
  return Buffer.from('\n'.repeat(data.length % 2));
}
