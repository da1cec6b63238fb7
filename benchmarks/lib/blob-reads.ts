import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram, type ProgramOptions } from './programs';

/** Calls that read a file, one at a time; without the bytes, with the paths of file descriptors. */
const STRACE = ['-f', '-qq', '-y', '-s', '0', '--seccomp-bpf', '-e', 'trace=read,pread64,readv,preadv'];

/**
 * Runs a program and its children under strace(1), and returns how many bytes they read from files below a folder
 * `blobs`: from a store, or from an OCI layout.
 */
export function blobBytesRead(argv: readonly string[], options: ProgramOptions): number {
  const folder = mkdtempSync(join(tmpdir(), 'blob-reads-'));
  try {
    const log = join(folder, 'calls');
    runProgram(['strace', ...STRACE, '-o', log, ...argv], options);
    return bytesIn(readFileSync(log, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A call that another thread interrupts has two lines: its path is in the first, its result in the second. */
function bytesIn(log: string): number {
  const interrupted = new Map<string, string>();
  let sum = 0;
  for (const line of log.split('\n')) {
    const [pid = ''] = line.split(' ', 1);
    const path = /\w+\(\d+<([^>]*)>/.exec(line)?.[1] ?? interrupted.get(pid) ?? '';
    if (line.endsWith('<unfinished ...>')) interrupted.set(pid, path);
    else if (path.includes('/blobs/')) sum += Number(/= (\d+)$/.exec(line)?.[1] ?? 0);
  }
  return sum;
}
