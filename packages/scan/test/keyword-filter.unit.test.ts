import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SecretFinder } from '../src/secrets/find-in-text';
import { KeywordFilter } from '../src/secrets/keyword-filter';
import { SECRET_RULES } from '../src/secrets/rules';
import type { SecretRule } from '../src/secrets/rules/rule';
import { FileScan } from '../src/secrets/scan-file';
import { SAMPLES } from './samples';

/** The rules for programs. */
const RULES = SECRET_RULES.filter(({ files, pattern, textOnly }) => !files && pattern.global && !textOnly);
const finder = new SecretFinder(RULES);
const keywords = [...new Set(RULES.flatMap((rule) => rule.keywords ?? []))];

const filter = KeywordFilter.of(RULES);

function keywordsIn(bytes: Buffer): ReadonlySet<string> {
  if (!filter) throw new Error('a rule for programs has no keyword that a filter can find');
  return new Set(filter.keywordsIn(bytes).keys());
}

/** Bytes that are equal in each run. */
function noise(seed: string, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 64) }, (_, at) =>
    createHash('sha512').update(`${seed} ${at}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

/** A number below `most`, from a seed. */
const pick = (seed: string, most: number): number => noise(seed, 4).readUInt32BE() % most;

const ADDRESSES = [0, 1, 2, 3];

/** Places bytes at an address that is this much above a multiple of four. */
function at(address: number, bytes: Buffer): Buffer {
  const room = Buffer.from(new ArrayBuffer(bytes.length + 4), address, bytes.length);
  bytes.copy(room);
  return room;
}

const bytesOf = (content: string | Buffer): Buffer =>
  typeof content === 'string' ? Buffer.from(content) : content;

describe('the filter of keywords', () => {
  it.each(keywords)('sees %s with characters of a token, wherever it begins', (keyword) => {
    const token = `${keyword}${'aZ09_.-/'.repeat(3)}`;
    for (let before = 0; before < 17; before++)
      for (const address of ADDRESSES)
        for (const after of [0, 1, 2]) {
          const bytes = Buffer.concat([noise('n', before), Buffer.from(token), Buffer.alloc(after)]);
          expect(keywordsIn(at(address, bytes)), `${before} ${address} ${after}`).toContain(keyword);
        }
  });

  it('sees nothing in noise, in empty bytes, and in keywords that are cut off', () => {
    expect(keywordsIn(noise('other', 100_000)).size).toBe(0);
    for (const text of ['', 'S', 'SG', 'ghp_', 'ghp_short!', 'PRIVATE KE'])
      for (const address of ADDRESSES)
        expect(keywordsIn(at(address, Buffer.from(text))).size, `${text} ${address}`).toBe(0);
  });

  it('finds each keyword that a search of the whole as a text finds', () => {
    const all = keywords.map((keyword) => `${keyword}${'a'.repeat(20)}`).join('\0');
    expect([...keywordsIn(Buffer.from(all))].sort()).toEqual([...keywords].sort());
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

  it('is not made for rules that it can leave out: without keywords, or with too short ones', () => {
    const short: SecretRule = { ...RULES[0]!, keywords: ['abcd'] };
    const others = [
      { ...short, tokenCharacters: 20, keywords: ['ab'] },
      { ...short, keywords: ['a text\twith a tab'] },
    ];
    const { keywords: _, ...without } = short;
    for (const other of [short, without, ...others])
      expect(KeywordFilter.of([...RULES, other])).toBeUndefined();
  });
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

  it.each([65_536, 65_537, 262_144, 1_000_000])(
    'finds what begins or ends behind pieces of %i bytes that have no keyword',
    (pieceBytes) => {
      const samples = SAMPLES.filter(({ content }) => inText(bytesOf(content)).length > 0).slice(0, 6);
      expect(samples).toHaveLength(6);
      const bytes = Buffer.alloc(9_000_000);
      bytes.write('\x7fELF', 'latin1');
      samples.forEach(({ content }, index) => {
        const sample = bytesOf(content);
        const pieces = Math.ceil(2_200_000 / pieceBytes) + index * Math.ceil(450_000 / pieceBytes);
        const edge = pieces * pieceBytes;
        sample.copy(bytes, edge - [0, 1, 3, 10, sample.length >> 1, sample.length][index]!);
      });
      expect(inText(bytes).length).toBeGreaterThanOrEqual(6);
      expect(inFile(bytes, pieceBytes)).toEqual(inText(bytes));
    },
  );

  it('finds each sample of a program, alone in large noise, wherever it begins', () => {
    for (const { content, rule } of SAMPLES) {
      const sample = bytesOf(content);
      for (const before of [1_048_570, 1_048_573]) {
        const bytes = Buffer.concat([Buffer.alloc(before), sample, Buffer.alloc(100_000)]);
        expect(inFile(bytes, 262_144), rule).toEqual(inText(bytes));
      }
    }
  });
});
