/** A member of an ar file; `data` is a view, not a copy. */
export interface ArMember {
  readonly name: string;
  readonly data: Buffer;
}

const MAGIC = '!<arch>\n';
const HEADER_BYTES = 60;

/** The members of an ar file (deb(5), ar(5)). Throws an Error that says what is wrong with it. */
export function readAr(file: Buffer): ArMember[] {
  if (file.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new Error('it does not begin as an ar file');
  const members: ArMember[] = [];
  let position = MAGIC.length;
  while (position < file.length) {
    const header = file.toString('latin1', position, position + HEADER_BYTES);
    const sizeText = header.slice(48, 58).trim();
    if (header.length < HEADER_BYTES || !header.endsWith('`\n') || !/^\d+$/.test(sizeText))
      throw new Error(`the member header at byte ${position} is damaged`);
    const name = header.slice(0, 16).trim().replace(/\/$/, '');
    const start = position + HEADER_BYTES;
    const end = start + Number(sizeText);
    if (end > file.length) throw new Error(`the member "${name}" ends after the file`);
    members.push({ name, data: file.subarray(start, end) });
    position = end + (end % 2);
  }
  return members;
}
