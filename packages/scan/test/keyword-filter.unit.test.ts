import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SecretFinder } from '../src/secrets/find-in-text';
import { SECRET_RULES } from '../src/secrets/rules';
import { FileScan } from '../src/secrets/scan-file';
import { SAMPLES } from './samples';

/** The rules for programs. */
const RULES = SECRET_RULES.filter(({ files, pattern, textOnly }) => !files && pattern.global && !textOnly);
const finder = new SecretFinder(RULES);
const keywords = [...new Set(RULES.flatMap((rule) => rule.keywords ?? []))];

/** Bytes that are equal in each run. */
function noise(seed: string, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 64) }, (_, at) =>
    createHash('sha512').update(`${seed} ${at}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

/** A number below `most`, from a seed. */
const pick = (seed: string, most: number): number => noise(seed, 4).readUInt32BE() % most;

/** Places bytes at an address of this parity. */
function at(parity: number, bytes: Buffer): Buffer {
  const room = Buffer.alloc(bytes.length + 9);
  const start = (room.byteOffset + parity) % 2 === 0 ? 8 : 7;
  return room.subarray(start, start + bytes.copy(room, start));
}

const bytesOf = (content: string | Buffer): Buffer =>
  typeof content === 'string' ? Buffer.from(content) : content;

describe('the filter of keywords', () => {
  it.each(keywords)('sees %s with characters of a token, wherever it begins', (keyword) => {
    const token = `${keyword}${'aZ09_.-/'.repeat(3)}`;
    for (let before = 0; before < 8; before++)
      for (const parity of [0, 1])
        for (const after of [0, 1, 2]) {
          const bytes = Buffer.concat([noise('n', before), Buffer.from(token), Buffer.alloc(after)]);
          expect(finder.mayFind(at(parity, bytes)), `${before} ${parity} ${after}`).toBe(true);
        }
  });

  it('sees nothing in noise, in empty bytes, and in keywords that are cut off', () => {
    expect(finder.mayFind(noise('other', 100_000))).toBe(false);
    for (const text of ['', 'S', 'SG', 'ghp_', 'ghp_short!', 'PRIVATE KE']) {
      expect(finder.mayFind(at(0, Buffer.from(text))), text).toBe(false);
      expect(finder.mayFind(at(1, Buffer.from(text))), text).toBe(false);
    }
  });

  it('leaves out no match of a rule that says how many characters follow', () => {
    const rules = RULES.filter(({ tokenCharacters }) => tokenCharacters !== undefined);
    expect(rules.length).toBeGreaterThan(15);
    for (const { keywords = [], tokenCharacters = 0, pattern } of rules)
      for (const keyword of keywords)
        for (const fill of ['a', 'A', '7', 'Ab1'])
          for (let byte = 0; byte < 256; byte++) {
            const other = String.fromCharCode(byte);
            if (/[A-Za-z0-9_./-]/.test(other)) continue;
            const rest = fill.repeat(tokenCharacters).slice(0, tokenCharacters - 1);
            const text = `${keyword}${rest}${other}${fill.repeat(100)}`;
            expect([...text.matchAll(pattern)], text).toEqual([]);
          }
  });

  it('is needed by every rule for programs: one without keywords would be tried everywhere', () =>
    expect(RULES.filter((rule) => !rule.keywords || rule.keywords.some(({ length }) => length < 3))).toEqual(
      [],
    ));
});

describe('the search of a program', () => {
  const inText = (bytes: Buffer) =>
    finder.find(bytes.toString('latin1')).map(({ rule, start }) => `${rule.id} ${start}`);
  const inFile = (bytes: Buffer, pieceBytes: number) => {
    const scan = new FileScan('usr/bin/program');
    for (let from = 0; from < bytes.length; from += pieceBytes)
      scan.add(bytes.subarray(from, from + pieceBytes));
    return scan.secrets().map(({ rule, offset }) => `${rule} ${offset}`);
  };
  const planted = (seed: string, size: number): Buffer => {
    const bytes = Buffer.concat([Buffer.from('\x7fELF\0\0\0\0'), noise(seed, size)]);
    for (let count = 0; count < 6; count++) {
      const { content } = SAMPLES[pick(`${seed} sample ${count}`, SAMPLES.length)]!;
      const keyword = keywords[pick(`${seed} keyword ${count}`, keywords.length)]!;
      const place = (what: string) => 100 + pick(`${seed} ${what} ${count}`, size - 20_000);
      bytesOf(content).copy(bytes, place('sample at'));
      bytesOf(keyword).copy(bytes, place('keyword at'));
    }
    return bytes;
  };
  it.each(Array.from({ length: 60 }, (_, index) => index))(
    'finds what a search of the whole as a text finds, in planted bytes %i',
    (index) => {
      const bytes = planted(`small ${index}`, 60_000);
      expect(inFile(bytes, 1 + pick(`piece ${index}`, 70_000))).toEqual(inText(bytes));
    },
  );

  it('finds each sample of a program, alone in large noise, at both parities', () => {
    for (const { content, rule } of SAMPLES) {
      const sample = bytesOf(content);
      for (const before of [1_048_570, 1_048_575]) {
        const bytes = Buffer.concat([Buffer.alloc(before), sample, Buffer.alloc(100_000)]);
        expect(inFile(bytes, 262_144), rule).toEqual(inText(bytes));
      }
    }
  });
});
