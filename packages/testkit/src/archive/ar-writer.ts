/** A member of an ar file. */
export interface ArEntry {
  readonly name: string;
  readonly data: Buffer;
}

/** Returns an ar file as dpkg-deb writes it (deb(5)). */
export function writeAr(entries: readonly ArEntry[]): Buffer {
  const parts = entries.flatMap(({ name, data }) => {
    const header = [
      name.padEnd(16),
      '0'.padEnd(12),
      '0'.padEnd(6),
      '0'.padEnd(6),
      '100644'.padEnd(8),
      String(data.length).padEnd(10),
      '`\n',
    ].join('');
    return [Buffer.from(header), data, Buffer.from(data.length % 2 === 0 ? '' : '\n')];
  });
  return Buffer.concat([Buffer.from('!<arch>\n'), ...parts]);
}
