import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { reusedPieces } from '../src/store/reused-pieces';

const PIECE = 512 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'reused-pieces-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([0, 1, PIECE, PIECE + 1, 4 * PIECE + 7])('reads a file of %i bytes as it is', async (size) => {
  const bytes = randomBytes(size);
  const file = join(folder, `of-${size}`);
  writeFileSync(file, bytes);
  const copies: Buffer[] = [];
  let before: Buffer = Buffer.alloc(0);
  for await (const piece of reusedPieces(file)) {
    // The piece before is still valid.
    expect(before.equals(copies.at(-1) ?? before)).toBe(true);
    copies.push(Buffer.from(piece));
    before = piece;
  }
  expect(Buffer.concat(copies).equals(bytes)).toBe(true);
});

it('uses two buffers, whatever the size', async () => {
  const file = join(folder, 'large');
  writeFileSync(file, Buffer.alloc(6 * PIECE));
  const buffers = new Set<ArrayBufferLike>();
  for await (const piece of reusedPieces(file)) buffers.add(piece.buffer);
  expect(buffers.size).toBe(2);
});
