/**
 * Paths inside a tar are bytes, not text. They are stored as "byte strings": one UTF-16 unit (0–255) per byte, so that
 * names that are not UTF-8 are preserved, and `<` sorts them byte by byte.
 */
export function toByteString(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Returns the bytes of a byte string. */
export function bytesOf(byteString: string): Buffer {
  return Buffer.from(byteString, 'latin1');
}

/** Returns a byte string for messages: valid UTF-8 as text, control characters and other bytes as `\xNN`. */
export function displayPath(byteString: string): string {
  const text = bytesOf(byteString).toString('utf8');
  const printable = toByteString(text) === byteString ? text : byteString.replace(/[\x80-\xff]/g, escaped);
  return printable.replace(/[\x00-\x1f\x7f]/g, escaped);
}

/** Returns the byte string as text; undefined if it is not UTF-8. */
export function toText(byteString: string): string | undefined {
  if (/^[\x00-\x7f]*$/.test(byteString)) return byteString;
  const text = bytesOf(byteString).toString('utf8');
  return toByteString(text) === byteString ? text : undefined;
}

/** Orders byte strings byte by byte: a folder comes before what is in it. */
export function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function escaped(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
