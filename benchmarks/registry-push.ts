/**
 * Pushes of the tooling-k8s image (or one of its sizes, where it isn't built) to a registry on this machine:
 * `image-tooling registry copy` against `skopeo copy` and, where it is installed, `crane push`. Measures the
 * first push, a push without changes, and pushes after one tool has changed: whole commands with their start.
 * Also the memory of ours for an image of 1 GB.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startRegistry } from '../packages/testkit/src/registry/real';
import { imageSize, loadedLayout, syntheticImage, withOneLayerChanged, type Layout } from './lib/layout';
import type { Timings } from './lib/measure';
import { runProgram } from './lib/programs';
import { ratio, report, type Limit } from './lib/report';

type Argv = readonly [string, ...string[]];

/** A program that pushes. */
interface Pusher {
  readonly name: string;
  readonly push: (image: Layout, to: string) => Argv;
  /** Arguments that start the program and do nothing. */
  readonly nothing: Argv;
}

/** In memory, so that no side waits for the disk. */
const MEMORY = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const COMMAND = resolve('packages/cli/bin/image-tooling.cjs');
/** Bytes of tooling-k8s' layers. */
const SIZES = [44e6, 500, 45e6, 36e6, 18e6, 38e6, 16e6, 6.5e6, 5.7e6, 800];
const GIGABYTE = [4e8, 3e8, 2e8, 1e8];
const MEMORY_LIMIT_MB = 150;
const PUSHES = ['first push', 'unchanged', 'one tool changed'];
/**
 * A tool of middle size (helm, 18 MB), and the largest (k9s, 38 MB; only the two system layers are larger).
 */
const MIDDLE = (layers: number): number => Math.floor(layers / 2);
const LARGEST = (layers: number): number => layers - 3;

const OURS: Pusher = {
  name: 'ours',
  push: (image, to) => [process.execPath, COMMAND, 'registry', 'copy', place(image), to],
  nothing: [process.execPath, COMMAND, '--help'],
};
const SKOPEO: Pusher = {
  name: 'skopeo',
  push: (image, to) => [
    ...(['skopeo', '--insecure-policy', 'copy', '--quiet', '--dest-tls-verify=false'] as const),
    ...[place(image), `docker://${to}`],
  ],
  nothing: ['skopeo', '--version'],
};
const CRANE: Pusher = {
  name: 'crane',
  push: ({ folder }, to) => ['crane', 'push', '--insecure', folder, to],
  nothing: ['crane', 'version'],
};

const rounds = Number(process.argv[2] ?? 5);
const folder = mkdtempSync(join(tmpdir(), 'registry-push-'));
try {
  const peers = hasCrane() ? [SKOPEO, CRANE] : [SKOPEO];
  if (!hasCrane()) console.log('crane is not on the path: against skopeo only');
  const image = await imageToPush(join(folder, 'image'));
  const changed = await withOneLayerChanged(image, join(folder, 'changed'), MIDDLE);
  const largest = await withOneLayerChanged(image, join(folder, 'largest'), LARGEST);
  runProgram(OURS.nothing);
  runProgram(['sync']);
  const timings = await timed([OURS, ...peers], { image, changed, largest });
  const memory = await memoryForGigabyte();
  for (const { name } of peers) console.log(sameAgainst(timings, name));
  console.log(
    `largest tool changed / first push of skopeo: ${largestRatio(timings).toFixed(2)}, without a limit`,
  );
  report(timings, [...limits(timings), memoryLimit(memory)]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Returns the real one, if the store has it. */
async function imageToPush(to: string): Promise<Layout> {
  const image = await builtImage(to).catch(() => syntheticImage(to, SIZES));
  console.log(
    `${image.tag === 'dev' ? 'tooling-k8s' : 'synthetic image'}, ${megabytes(imageSize(image))} MB`,
  );
  return image;
}

function builtImage(to: string): Promise<Layout> {
  return Promise.resolve().then(() => {
    runProgram([process.execPath, COMMAND, 'load', 'tooling-k8s', `--to=oci:${to}`]);
    return loadedLayout(to);
  });
}

interface Layouts {
  readonly image: Layout;
  readonly changed: Layout;
  readonly largest: Layout;
}

/**
 * A fresh registry each round: skopeo keeps notes on what a registry has, by its address. The programs take
 * turns to begin, since a registry accepts a blob of another repository a little faster.
 */
async function timed(pushers: readonly Pusher[], layouts: Layouts): Promise<Timings> {
  const { image, changed, largest } = layouts;
  const timings = new Map<string, number[]>();
  const note = (name: string, argv: Argv): void => {
    const start = performance.now();
    runProgram(argv);
    timings.set(name, [...(timings.get(name) ?? []), (performance.now() - start) / 1000]);
  };
  for (let round = 0; round < rounds; round++)
    await withRegistry((host) => {
      for (const { name, push, nothing } of rotated(pushers, round)) {
        const repository = `${host}/${name}`;
        note(`${name}: start`, nothing);
        note(`${name}: first push`, push(image, `${repository}:1`));
        note(`${name}: unchanged`, push(image, `${repository}:1`));
        note(`${name}: one tool changed`, push(changed, `${repository}:2`));
        note(`${name}: largest tool changed`, push(largest, `${repository}:3`));
      }
    });
  return new Map([...timings].sort(([a], [b]) => a.localeCompare(b)));
}

async function withRegistry(work: (host: string) => void): Promise<void> {
  const storage = mkdtempSync(join(MEMORY, 'registry-push-'));
  const registry = await startRegistry({ storage });
  try {
    work(registry.host);
  } finally {
    await registry.stop();
    rmSync(storage, { recursive: true, force: true });
  }
}

/** Peak resident memory of the command, MB. */
async function memoryForGigabyte(): Promise<number> {
  const image = await syntheticImage(join(folder, 'gigabyte'), GIGABYTE);
  let memory = 0;
  await withRegistry((host) => {
    const argv = OURS.push(image, `${host}/gigabyte:1`);
    // getrusage(2): the largest of the processes that were waited for, in KiB.
    const script = `import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)`;
    memory = Number(runProgram(['python3', '-c', script, ...argv])) / 1024;
  });
  return memory;
}

/** Compares a small push with a full one, which shows what existing blobs save. */
function limits(timings: Timings): Limit[] {
  return PUSHES.map((what) => ({
    name: `${what} / first push of skopeo`,
    value: ratio(timings, `ours: ${what}`, 'skopeo: first push'),
    atMost: what === 'first push' ? 1 : 0.3,
  }));
}

/** Reported without a limit: Node takes longer to start than these programs take in total. */
function sameAgainst(timings: Timings, peer: string): string {
  const ratios = PUSHES.map(
    (what) => `${what} ${ratio(timings, `ours: ${what}`, `${peer}: ${what}`).toFixed(2)} ×`,
  );
  return `against the same push of ${peer}: ${ratios.join(', ')}`;
}

function largestRatio(timings: Timings): number {
  return ratio(timings, 'ours: largest tool changed', 'skopeo: first push');
}

function memoryLimit(value: number): Limit {
  return { name: 'memory for 1 GB', value, atMost: MEMORY_LIMIT_MB, unit: ' MB' };
}

function place({ folder, tag }: Layout): string {
  return `oci:${folder}:${tag}`;
}

function rotated<T>(values: readonly T[], by: number): T[] {
  const first = by % values.length;
  return [...values.slice(first), ...values.slice(0, first)];
}

function hasCrane(): boolean {
  try {
    runProgram(CRANE.nothing);
    return true;
  } catch {
    return false;
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
