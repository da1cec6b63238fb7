/**
 * Tar, zstd and both hashes of a 300 MB tree, into a store in memory, against `tar | zstd | sha256sum`.
 * Prints the median times, their ratio (below 1: ours is faster) and the peak memory; exits with 1
 * where the ratio is above 1 or the memory above 200 MB.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesFromFolder, openStore, writeLayer } from '@image-tooling/oci';
import type { Result } from '@image-tooling/model';

/** The pipe does not write to disk, and neither does the store that it is compared with. */
const MEMORY = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const TREE_MB = 300;
const ROUNDS = 5;
const MEMORY_LIMIT_MB = 200;

interface Measured {
  readonly seconds: number;
  /** Peak resident memory, MB. */
  readonly memory: number;
}

const [tree, root] = process.argv.slice(2);
if (tree !== undefined && root !== undefined) console.log(JSON.stringify(await layerOf(tree, root)));
else compare();

function compare(): void {
  const folder = mkdtempSync(join(tmpdir(), 'tar-compress-'));
  const memory = mkdtempSync(join(MEMORY, 'tar-compress-'));
  try {
    const tree = join(folder, 'tree');
    makeTree(tree);
    pipeOf(tree); // Both read the tree from the page cache.
    const ours: Measured[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      theirs.push(pipeOf(tree));
      ours.push(layerInOwnProcess(tree, join(memory, `store-${round}`)));
    }
    report(ours, theirs, tree);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(memory, { recursive: true, force: true });
  }
}

/** Programs, libraries and texts of this machine, up to 300 MB: typical content of layers. */
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

/** Seconds. */
function pipeOf(tree: string): number {
  const start = performance.now();
  execFileSync('bash', ['-c', 'tar -C "$1" -cf - . | zstd -q -3 | sha256sum >/dev/null', 'pipe', tree]);
  return (performance.now() - start) / 1000;
}

/** A process has one peak of memory: each round has its own process. Its start-up is not counted. */
function layerInOwnProcess(tree: string, root: string): Measured {
  const output = execFileSync(process.execPath, [process.argv[1]!, tree, root], { encoding: 'utf8' });
  rmSync(root, { recursive: true });
  return JSON.parse(output) as Measured;
}

async function layerOf(tree: string, root: string): Promise<Measured> {
  const store = must(await openStore(root));
  const start = performance.now();
  const entries = must(await filesFromFolder(tree, { mtime: 0 }));
  must(await writeLayer(entries, { compression: 'zstd', store }));
  const seconds = (performance.now() - start) / 1000;
  return { seconds, memory: process.resourceUsage().maxRSS / 1024 };
}

function report(ours: readonly Measured[], theirs: readonly number[], tree: string): void {
  const files = execFileSync('bash', ['-c', 'find "$1" -type f | wc -l', 'count', tree], {
    encoding: 'utf8',
  });
  const seconds = median(ours.map((round) => round.seconds));
  const memory = Math.max(...ours.map((round) => round.memory));
  const ratio = seconds / median(theirs);
  console.log(`files: ${files.trim()}`);
  console.log(`writeLayer                  ${seconds.toFixed(2)} s, peak memory ${memory.toFixed(0)} MB`);
  console.log(`tar | zstd -3 | sha256sum   ${median(theirs).toFixed(2)} s`);
  console.log(`ratio                       ${ratio.toFixed(2)}`);
  if (ratio > 1 || memory > MEMORY_LIMIT_MB) process.exitCode = 1;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.failures.map(({ message }) => message).join('\n'));
  return result.value;
}
