/**
 * Generated workspaces of 50, 100 and 200 images with 50 tools: the project graph, all checks of all files,
 * one task, all tasks with everything in the store, and all tasks as hits. Times must grow linearly with the
 * number of images.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateWorkspace } from './lib/generated';
import { inTurns, median, type Contestant, type Timings } from './lib/measure';
import { runProgram } from './lib/programs';
import { report, type Limit } from './lib/report';
import { allHits, nx } from './lib/workspace';

const ROUNDS = Number(process.argv[2] ?? 3);
/** Three, each twice the one before: `scale 3 10,20,40` is a short run. */
const SIZES = (process.argv[3] ?? '50,100,200').split(',').map(Number) as [number, number, number];
/** Not `build`, which only depends on it: a task that runs nothing is not a hit. */
const BUILD = ['run-many', '-t', `build-${process.arch === 'arm64' ? 'arm64' : 'amd64'}`];
const LAUNCHER = join(process.cwd(), 'packages', 'cli', 'bin', 'image-tooling.cjs');

/** From 50 to 100 images and from 100 to 200: 2 if it grows linearly, 4 if quadratically. */
const MOST_GROWTH = 3;
/** Seconds; smaller steps are noise of the machine. */
const LEAST_STEP = 0.25;
/** Seconds that one task may take longer in 200 images than in 50. */
const TASK_STEP = 0.2;

const folder = mkdtempSync(join(tmpdir(), 'scale-'));
const places = SIZES.map((size) => ({
  size,
  workspace: join(folder, `of-${size}`),
  store: join(folder, `store-${size}`),
}));
type Place = (typeof places)[number];
try {
  const first = new Map<string, number[]>();
  for (const place of places) {
    mkdirSync(place.workspace);
    await generateWorkspace(place.workspace, place.store, place.size);
    const began = performance.now();
    nx(place.workspace, BUILD, envOf(place, 'false'));
    first.set(`${place.size}: build all`, [(performance.now() - began) / 1000]);
  }
  const timings: Timings = new Map([...first, ...(await inTurns(ROUNDS, places.flatMap(contestants)))]);
  report(timings, limits(timings));
  console.log(`\nSeconds for each image: ${perImage(timings)}`);
} finally {
  for (const place of places) runProgram(['sh', '-c', 'nx daemon --stop || true'], where(place, 'true'));
  rmSync(folder, { recursive: true, force: true });
}

function envOf({ store }: Place, daemon: 'true' | 'false'): NodeJS.ProcessEnv {
  return { IMAGE_STORE: store, NX_DAEMON: daemon };
}

/** Nx keeps the graph next to its cache database: a folder of its own for the graph. */
function graphFolder({ workspace }: Place): string {
  return `${workspace}-graph`;
}

function fresh(place: Place): NodeJS.ProcessEnv {
  return { ...envOf(place, 'false'), NX_WORKSPACE_DATA_DIRECTORY: graphFolder(place) };
}

function where(place: Place, daemon: 'true' | 'false') {
  const PATH = `${join(process.cwd(), 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}`;
  return { cwd: place.workspace, env: { ...process.env, PATH, ...envOf(place, daemon) } };
}

function contestants(place: Place): Contestant[] {
  const { size, workspace } = place;
  const last = `image-${String(size - 1).padStart(3, '0')}`;
  const command = (...args: string[]) =>
    void runProgram([process.execPath, LAUNCHER, ...args], where(place, 'false'));
  return [
    {
      name: `${size}: graph, nothing kept`,
      prepare: () => rmSync(graphFolder(place), { recursive: true, force: true }),
      run: () => void nx(workspace, ['show', 'projects'], fresh(place)),
    },
    { name: `${size}: check`, run: () => command('check') },
    { name: `${size}: one task`, run: () => command('build', last) },
    { name: `${size}: all hits, no daemon`, run: () => hits(place, 'false') },
    { name: `${size}: all hits, daemon`, prepare: () => hits(place, 'true'), run: () => hits(place, 'true') },
  ];
}

function hits(place: Place, daemon: 'true' | 'false'): void {
  const output = nx(place.workspace, BUILD, envOf(place, daemon));
  if (!allHits(output)) throw new Error(`not every task was a hit\n${output.slice(-2000)}`);
}

function measured(timings: Timings): string[] {
  return [...new Set([...timings.keys()].map((name) => name.slice(name.indexOf(':') + 2)))];
}

function secondsOf(timings: Timings, what: string): [number, number, number] {
  const of = (size: number): number => median(timings.get(`${size}: ${what}`) ?? []);
  return [of(SIZES[0]), of(SIZES[1]), of(SIZES[2])];
}

function limits(timings: Timings): Limit[] {
  return measured(timings).flatMap((what): Limit[] => {
    const [small, middle, large] = secondsOf(timings, what);
    if (what === 'one task')
      return [
        { name: `one task, ${SIZES[2]} − ${SIZES[0]}`, value: large - small, atMost: TASK_STEP, unit: ' s' },
      ];
    if (large - middle < LEAST_STEP) return [];
    return [{ name: `growth of ${what}`, value: (large - middle) / (middle - small), atMost: MOST_GROWTH }];
  });
}

function perImage(timings: Timings): string {
  const rows = measured(timings).map((what) => {
    const each = secondsOf(timings, what).map((seconds, at) => (seconds / (SIZES[at] ?? 1)).toFixed(3));
    return `${what} ${each.join(' ')}`;
  });
  return rows.join('; ');
}
