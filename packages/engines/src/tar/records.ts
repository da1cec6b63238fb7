import { BLOCK, paddingOf, TarError, writeHeader } from './blocks';

/** PAX records of one entry: keyword to value, both byte strings (POSIX.1-2017, "pax Header Block"). */
export type Records = ReadonlyMap<string, string>;

/** Reads the data of a PAX extended header: `<length> <keyword>=<value>\n` each. */
export function readRecords(data: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  let at = 0;
  while (at < data.length) {
    const space = data.indexOf(0x20, at);
    const length = Number.parseInt(data.toString('latin1', at, space), 10);
    if (space === -1 || !(length > 0) || data[at + length - 1] !== 0x0a)
      throw new TarError('an extended header has a malformed record');
    const text = data.toString('latin1', space + 1, at + length - 1);
    const equals = text.indexOf('=');
    records.set(text.slice(0, equals), text.slice(equals + 1));
    at += length;
  }
  return records;
}

/** An extended header with these records, ready to stand before its entry; empty for none. */
export function writeRecords(records: Records): Buffer {
  if (records.size === 0) return Buffer.alloc(0);
  const text = [...records].map(([key, value]) => recordText(key, value)).join('');
  const data = Buffer.from(text, 'latin1');
  const header = writeHeader({ name: 'PaxHeaders/entry', type: 'x', mode: 0o644, size: data.length });
  return Buffer.concat(
    [header, data, Buffer.alloc(paddingOf(data.length))],
    BLOCK + data.length + paddingOf(data.length),
  );
}

/** The length at a record's beginning counts its own digits. */
function recordText(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const digits = String(rest.length + String(rest.length).length).length;
  return `${rest.length + digits}${rest}`;
}
