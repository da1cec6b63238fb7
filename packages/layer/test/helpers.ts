import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Failure, Result } from '@image-tooling/model';

/** Returns a folder that is removed when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'layer-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Returns the value of a result that must be a success. */
export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`unexpected failure: ${JSON.stringify(result.failures)}`);
  return result.value;
}

/** Returns the failures of a result that must be one. */
export function failuresOf(result: Result<unknown>): readonly Failure[] {
  if (result.ok) throw new Error(`unexpected success: ${JSON.stringify(result.value).slice(0, 500)}`);
  return result.failures;
}

export function codesOf(result: Result<unknown>): string[] {
  return failuresOf(result).map(({ code }) => code);
}

/** Returns all of a stream. */
export async function gathered(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}
