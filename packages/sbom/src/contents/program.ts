import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { displayPath, type StreamedEntry } from '@image-tooling/layer';
import type { Program } from '@image-tooling/model';
import { ELF_MAGIC, type RandomBytes } from '../go-program';
import { isArchive } from './archive-magic';
import type { Scope } from './types';

const EXECUTABLE = 0o111;

/** How a program is read. */
export interface ProgramRequest {
  readonly scope: Scope;
  readonly folder: string;
  readonly signal: AbortSignal;
}

/**
 * Hashes a file if it is a program of the scope. An ELF file is copied to `folder`, so that `work` can read it in any
 * order. Returns undefined for other files, and in the scope `go` for all.
 */
export async function readProgram(
  streamed: StreamedEntry,
  { scope, folder, signal }: ProgramRequest,
  work: (file: RandomBytes) => Promise<void>,
): Promise<Program | undefined> {
  const { path, size, mode } = streamed.entry;
  const kind = kindOf(mode, await streamed.head());
  if (!isWanted(scope, kind)) return undefined;
  const copy = kind.isElf ? await Copy.create(join(folder, 'program')) : undefined;
  try {
    const hashes = await hashed(streamed.pieces(), copy, signal);
    if (copy) await work(copy);
    const { executable, archive } = kind;
    return scope === 'go' ? undefined : { path: displayPath(path), size, ...hashes, executable, archive };
  } finally {
    await copy?.remove();
  }
}

async function hashed(
  pieces: AsyncIterable<Buffer>,
  copy: Copy | undefined,
  signal: AbortSignal,
): Promise<Pick<Program, 'sha256' | 'sha512'>> {
  const [sha256, sha512] = [createHash('sha256'), createHash('sha512')];
  for await (const piece of pieces) {
    signal.throwIfAborted();
    sha256.update(piece);
    sha512.update(piece);
    await copy?.write(piece);
  }
  return { sha256: sha256.digest('hex'), sha512: sha512.digest('hex') };
}

function kindOf(mode: number, head: Buffer): Kind {
  return {
    executable: (mode & EXECUTABLE) !== 0,
    archive: isArchive(head),
    isElf: head.toString('latin1', 0, ELF_MAGIC.length) === ELF_MAGIC,
  };
}

interface Kind {
  readonly executable: boolean;
  readonly archive: boolean;
  readonly isElf: boolean;
}

function isWanted(scope: Scope, { executable, archive, isElf }: Kind): boolean {
  if (scope === 'files') return true;
  return scope === 'go' ? executable && isElf : executable || archive || isElf;
}

/** A copy of a stream on disk. */
class Copy implements RandomBytes {
  size = 0;

  private constructor(
    private readonly path: string,
    private readonly handle: Awaited<ReturnType<typeof open>>,
  ) {}

  static async create(path: string): Promise<Copy> {
    return new Copy(path, await open(path, 'w+'));
  }

  async write(piece: Buffer): Promise<void> {
    await this.handle.write(piece, 0, piece.length, this.size);
    this.size += piece.length;
  }

  async read(offset: number, length: number): Promise<Buffer> {
    if (!Number.isSafeInteger(offset) || offset < 0 || offset >= this.size) return Buffer.alloc(0);
    const buffer = Buffer.alloc(Math.min(length, this.size - offset));
    const { bytesRead } = await this.handle.read(buffer, 0, buffer.length, offset);
    return buffer.subarray(0, bytesRead);
  }

  async remove(): Promise<void> {
    await this.handle.close();
    await rm(this.path, { force: true });
  }
}
