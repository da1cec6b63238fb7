import type { SecretRule } from './rules/rule';

/** A keyword of a rule as bytes. */
interface Keyword {
  readonly bytes: Buffer;
  /** See `SecretRule.tokenCharacters`. */
  readonly tokenCharacters: number;
}

/** Where in a keyword a pair of bytes is. */
interface Place extends Keyword {
  /** From its first byte: 0 or 1. */
  readonly at: number;
}

/** Each keyword has two pairs: then one of them is at an even address. */
const SHORTEST = 3;

/**
 * Tells whether bytes may have what rules look for: whether a keyword is in them. Looks up each pair of bytes at an even
 * address in a table of the first two pairs of all keywords. So the bytes of a program need not become a text, and it
 * takes a third of the time of one regular expression of all keywords.
 */
export class KeywordFilter {
  /** By pair of bytes: 1 if a keyword may be there. */
  private readonly isPair = new Uint8Array(65_536);
  private readonly places: (Place[] | undefined)[] = [];
  private readonly matchesAnything: boolean;

  constructor(rules: readonly SecretRule[]) {
    const keywords = keywordsOf(rules);
    this.matchesAnything =
      rules.some((rule) => !rule.keywords) || keywords.some(({ bytes }) => bytes.length < SHORTEST);
    if (this.matchesAnything) return;
    for (const keyword of keywords) for (const at of [0, 1]) this.add({ ...keyword, at });
  }

  /** Returns false only if no rule matches anywhere in the bytes. */
  mayMatch(bytes: Buffer): boolean {
    if (this.matchesAnything) return true;
    if (bytes.length < SHORTEST) return false;
    const { isPair, places } = this;
    const first = bytes.byteOffset & 1;
    const pairs = new Uint16Array(bytes.buffer, bytes.byteOffset + first, (bytes.length - first) >> 1);
    for (let index = 0; index < pairs.length; index++) {
      const pair = pairs[index]!;
      if (isPair[pair] === 1 && isAnyAt(bytes, first + 2 * index, places[pair]!)) return true;
    }
    return false;
  }

  private add(place: Place): void {
    // In the order of this machine's bytes, as `mayMatch` reads them.
    const [pair = 0] = new Uint16Array(Uint8Array.from(place.bytes.subarray(place.at, place.at + 2)).buffer);
    this.isPair[pair] = 1;
    (this.places[pair] ??= []).push(place);
  }
}

function isAnyAt(bytes: Buffer, pairAt: number, places: readonly Place[]): boolean {
  for (const place of places) if (isAt(bytes, pairAt - place.at, place)) return true;
  return false;
}

function isAt(bytes: Buffer, start: number, { bytes: keyword, tokenCharacters }: Keyword): boolean {
  for (let index = 0; index < keyword.length; index++)
    if (bytes[start + index] !== keyword[index]) return false;
  const after = start + keyword.length;
  for (let index = 0; index < tokenCharacters; index++)
    if (IS_TOKEN[bytes[after + index] ?? 0] !== 1) return false;
  return true;
}

/** By byte: whether it is a letter, a digit, or one of "_", ".", "-" and "/". */
const IS_TOKEN = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[A-Za-z0-9_./-]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

/** A keyword of several rules is found where any of them may match. */
function keywordsOf(rules: readonly SecretRule[]): Keyword[] {
  const found = new Map<string, number>();
  for (const { keywords = [], tokenCharacters = 0 } of rules)
    for (const keyword of keywords)
      found.set(keyword, Math.min(found.get(keyword) ?? tokenCharacters, tokenCharacters));
  return [...found].map(([keyword, tokenCharacters]) => ({
    bytes: Buffer.from(keyword, 'latin1'),
    tokenCharacters,
  }));
}
