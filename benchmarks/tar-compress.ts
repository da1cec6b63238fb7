/**
 * Tar, zstd and both hashes of a 300 MB tree, into the store, against `tar | zstd | sha256sum`.
 * Prints the median times, their ratio (below 1: ours is faster) and this process's peak memory; exits with 1
 * where the ratio is above 1 or the memory above 200 MB.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesFromFolder, openStore, writeLayer } from '@image-tooling/oci';
import type { Result } from '@image-tooling/model';

const TREE_MB = 300;
const ROUNDS = 5;
const MEMORY_LIMIT_MB = 200;

const folder = mkdtempSync(join(tmpdir(), 'tar-compress-'));
try {
  const tree = join(folder, 'tree');
  makeTree(tree);
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    theirs.push(await seconds(async () => pipeOf(tree)));
    ours.push(await seconds(() => layerOf(tree, join(folder, `store-${round}`))));
    rmSync(join(folder, `store-${round}`), { recursive: true });
  }
  report(median(ours), median(theirs));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Programs, libraries and texts of this machine, up to 300 MB: what layers are made of. */
function makeTree(tree: string): void {
  const script = `
    mkdir -p "$1" && cd / && used=0
    find usr/lib usr/bin usr/share -xdev -type f -size -3M -print0 | while IFS= read -r -d '' file; do
      size=$(stat -c %s "$file"); used=$((used + size))
      [ "$used" -gt ${TREE_MB * 1_000_000} ] && break
      printf '%s\\0' "$file"
    done | tar --null -T - -cf - | tar -xf - -C "$1"`;
  execFileSync('bash', ['-c', script, 'make-tree', tree], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function pipeOf(tree: string): void {
  execFileSync('bash', ['-c', 'tar -C "$1" -cf - . | zstd -q -3 | sha256sum >/dev/null', 'pipe', tree]);
}

async function layerOf(tree: string, root: string): Promise<void> {
  const store = must(await openStore(root));
  const entries = must(await filesFromFolder(tree, { mtime: 0 }));
  must(await writeLayer(entries, { compression: 'zstd', store }));
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function report(ours: number, theirs: number): void {
  const memory = process.resourceUsage().maxRSS / 1024;
  console.log(`files: ${execFileSync('bash', ['-c', `find ${folder}/tree -type f | wc -l`])}`.trim());
  console.log(`writeLayer                  ${ours.toFixed(2)} s, peak memory ${memory.toFixed(0)} MB`);
  console.log(`tar | zstd -3 | sha256sum   ${theirs.toFixed(2)} s`);
  console.log(`ratio                       ${(ours / theirs).toFixed(2)}`);
  if (ours > theirs || memory > MEMORY_LIMIT_MB) process.exitCode = 1;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.failures.map(({ message }) => message).join('\n'));
  return result.value;
}
