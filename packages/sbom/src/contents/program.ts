import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { displayPath, type StreamedEntry } from '@image-tooling/layer';
import type { Program } from '@image-tooling/model';
import { ELF_MAGIC, type RandomBytes } from '../go-program';
import { isArchive } from './archive-magic';
import { Copy, FileRange } from './random-files';
import type { Scope } from './types';

const EXECUTABLE = 0o111;

/** How a program is read. */
export interface ProgramRequest {
  readonly scope: Scope;
  readonly folder: string;
  readonly signal: AbortSignal;
}

/**
 * Hashes a file if it is a program of the scope. `work` can read an ELF file in any order: where its content is, or in a
 * copy in `folder` if it comes from a stream. Returns undefined for other files, and in the scope `go` for all.
 */
export async function readProgram(
  streamed: StreamedEntry,
  { scope, folder, signal }: ProgramRequest,
  work: (file: RandomBytes) => Promise<void>,
): Promise<Program | undefined> {
  const { path, size, mode } = streamed.entry;
  const kind = kindOf(mode, await streamed.head());
  if (!isWanted(scope, kind)) return undefined;
  const elf = kind.isElf ? await randomBytes(streamed, folder) : undefined;
  try {
    const hashes = await hashed(streamed.pieces(), elf, signal);
    if (elf) await work(elf);
    const { executable, archive } = kind;
    return scope === 'go' ? undefined : { path: displayPath(path), size, ...hashes, executable, archive };
  } finally {
    await elf?.close();
  }
}

function randomBytes({ entry: { content } }: StreamedEntry, folder: string): Promise<FileRange | Copy> {
  return content.kind === 'range' ? FileRange.open(content) : Copy.create(join(folder, 'program'));
}

async function hashed(
  pieces: AsyncIterable<Uint8Array>,
  elf: FileRange | Copy | undefined,
  signal: AbortSignal,
): Promise<Pick<Program, 'sha256' | 'sha512'>> {
  const copy = elf instanceof Copy ? elf : undefined;
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
