/** A keyword of a rule as bytes. */
export interface Keyword {
  readonly text: string;
  readonly bytes: Buffer;
  /** See `SecretRule.tokenCharacters`. */
  readonly tokenCharacters: number;
}

/** By byte: whether it is a letter, a digit, or one of "_", ".", "-" and "/". */
const IS_TOKEN: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[A-Za-z0-9_./-]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

const TOKEN_CHARACTERS = [...IS_TOKEN.keys()].filter((byte) => IS_TOKEN[byte] === 1);

/** Returns what may be at a place of a keyword, or of the token behind it. */
export function charactersAt({ bytes }: Keyword, index: number): readonly number[] {
  return index < bytes.length ? [bytes[index]!] : TOKEN_CHARACTERS;
}

/** Returns whether a keyword begins at `start`, with enough characters of a token behind it. */
export function isAt(bytes: Uint8Array, start: number, keyword: Keyword): boolean {
  for (let index = 0; index < keyword.bytes.length; index++)
    if (bytes[start + index] !== keyword.bytes[index]) return false;
  const after = start + keyword.bytes.length;
  for (let index = 0; index < keyword.tokenCharacters; index++)
    if (IS_TOKEN[bytes[after + index] ?? 0] !== 1) return false;
  return true;
}
