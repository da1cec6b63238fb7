/**
 * Reads a number field: octal digits, ended by a space or NUL (POSIX ustar), or GNU's base-256, marked by
 * the top bit of its first byte. Undefined if it is neither, or larger than a safe integer.
 */
export function readNumber(field: Uint8Array): number | undefined {
  return (field[0]! & 0x80) === 0 ? readOctal(field) : readBase256(field);
}

/** Returns the largest number that an octal field of this length holds, with its closing NUL. */
export function octalLimit(length: number): number {
  return 8 ** (length - 1) - 1;
}

const ZEROS = '0'.repeat(12);

/** Returns octal digits with leading zeros and a closing NUL. */
export function octal(value: number, length: number): string {
  const digits = value.toString(8);
  return `${ZEROS.slice(digits.length, length - 1)}${digits}\0`;
}

function readOctal(field: Uint8Array): number | undefined {
  const text = Buffer.from(field).toString('latin1').replace(/\0.*$/s, '').trim();
  if (text === '') return 0;
  if (!/^[0-7]+$/.test(text)) return undefined;
  return safe(Number.parseInt(text, 8));
}

function readBase256(field: Uint8Array): number | undefined {
  const negative = (field[0]! & 0x40) !== 0;
  let value = BigInt(negative ? field[0]! | 0xffffff00 : field[0]! & 0x7f);
  if (negative) value = BigInt.asIntN(32, value);
  for (const byte of field.subarray(1)) value = value * 256n + BigInt(byte);
  return safe(Number(value));
}

function safe(value: number): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined;
}
