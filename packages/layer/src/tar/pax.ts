import { bytesOf } from '../bytes';

/** The records of a PAX header: keyword → value, both byte strings. An empty value unsets a field. */
export type PaxRecords = ReadonlyMap<string, string>;

/** The keyword of Docker and star for extended attributes: the name follows the prefix, the value is raw. */
export const XATTR_PREFIX = 'SCHILY.xattr.';

/** Reads `<length> <keyword>=<value>\n` records (POSIX pax, "pax Extended Header"); undefined if malformed. */
export function readPax(body: Uint8Array): PaxRecords | undefined {
  const text = Buffer.from(body).toString('latin1');
  const records = new Map<string, string>();
  for (let at = 0; at < text.length;) {
    const digits = /^[0-9]{1,15} /.exec(text.slice(at, at + 16))?.[0];
    const end = at + Number(digits);
    if (digits === undefined || end > text.length || text[end - 1] !== '\n') return undefined;
    const equals = text.indexOf('=', at);
    if (equals < 0 || equals >= end) return undefined;
    records.set(text.slice(at + digits.length, equals), text.slice(equals + 1, end - 1));
    at = end;
  }
  return records;
}

/** Returns the bytes of a PAX header's body, records sorted by keyword. */
export function writePax(records: PaxRecords): Buffer {
  const keywords = [...records.keys()].sort();
  return bytesOf(keywords.map((keyword) => paxRecord(keyword, records.get(keyword)!)).join(''));
}

/** A record's length includes its own digits. */
function paxRecord(keyword: string, value: string): string {
  const rest = ` ${keyword}=${value}\n`;
  const guess = rest.length + String(rest.length).length;
  const length = rest.length + String(guess).length;
  return `${length}${rest}`;
}
