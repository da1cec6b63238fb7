import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eachLine, keptFile, KeptOutput, lastLines } from '../src';

async function linesOf(...chunks: readonly (string | Buffer)[]): Promise<string[]> {
  const stream = new PassThrough();
  const lines: string[] = [];
  eachLine(stream, (line) => lines.push(line));
  for (const chunk of chunks) stream.write(chunk);
  await new Promise((resolve) => stream.on('end', resolve).end());
  return lines;
}

function kept(limit: number, ...chunks: readonly string[]): string {
  const output = new KeptOutput(limit);
  for (const chunk of chunks) output.add(Buffer.from(chunk));
  return output.text();
}

describe('lines of a stream', () => {
  it.each<[string, (string | Buffer)[], string[]]>([
    ['several in one chunk', ['a\nb\n\nc'], ['a', 'b', '', 'c']],
    ['one in several chunks', ['on', 'e', '\n', 'two'], ['one', 'two']],
    ['ends of DOS, also cut in two', ['a\r\nb\r', '\nc\rd'], ['a', 'b', 'c\rd']],
    ['a character cut in two', [Buffer.from('ä').subarray(0, 1), Buffer.from('ä').subarray(1)], ['ä']],
    ['nothing', [], []],
    ['only an end', ['\n'], ['']],
    ['one as long as can be', ['x'.repeat(65_536), '\ny'], ['x'.repeat(65_536), 'y']],
  ])('%s', async (_, chunks, expected) => expect(await linesOf(...chunks)).toEqual(expected));

  it('of 20 MB come in pieces, each looked at once', async () => {
    const lines = await linesOf(...Array.from({ length: 400 }, () => 'x'.repeat(50_000)), '\nlast');
    expect(lines.at(-1)).toBe('last');
    expect(lines.slice(0, -1).join('').length).toBe(20_000_000);
    expect(Math.max(...lines.map(({ length }) => length))).toBe(65_536);
  });
});

describe('an output that is kept', () => {
  it('is whole up to its limit', () => {
    expect(kept(10, '01234', '56789')).toBe('0123456789');
    expect(kept(10, '0123456', '', '789')).toBe('0123456789');
    expect(kept(10)).toBe('');
  });

  it('has its beginning and its end, cut between lines, and says what is missing', () => {
    const lines = Array.from({ length: 1000 }, (_, at) => `line ${at}\n`);
    const total = lines.join('').length;
    const text = kept(100, ...lines);
    expect(text).toMatch(/^line 0\nline 1\n/);
    expect(text).toMatch(/line 998\nline 999\n$/);
    const [, count] = /^… ([\d.]+) kB left out …$/m.exec(text) ?? [];
    expect(Number(count)).toBeCloseTo((total - 100) / 1000, 0);
    for (const line of text.split('\n')) expect(line).toMatch(/^(line \d+|… .* left out …|)$/);
  });

  it('is cut between characters where it has no lines', () => {
    expect(kept(10, 'ä'.repeat(100))).toMatch(/^ä{2}\n… 19\d B left out …\nä{2}$/);
  });

  it.each([1, 7, 250, 501, 5000])('is the same in chunks of %i bytes', (size) => {
    const text = Array.from({ length: 2000 }, (_, at) => `${at}\n`).join('');
    const chunks = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
    expect(kept(1000, ...chunks)).toBe(kept(1000, text));
  });

  it('is the same of a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'output-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'out');
    for (const text of ['', 'short', 'line\n'.repeat(5000)]) {
      writeFileSync(file, text);
      expect(await keptFile(file, 1000)).toBe(kept(1000, text));
    }
  });
});

it('the last lines of an output are cut where they are very long', () => {
  expect(lastLines(`a\n${'x'.repeat(100_000)}`).map(({ length }) => length)).toEqual([1, 2001]);
});
