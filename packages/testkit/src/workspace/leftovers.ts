import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { mapConcurrent } from '@image-tooling/host';

const exec = promisify(execFile);

/** What a run should not leave on a machine: empty lists are good. */
export interface Leftovers {
  /** In the store's folder for unfinished things. */
  readonly temporary: readonly string[];
  /** Steps and unfinished layers of the engine. */
  readonly engine: readonly string[];
  /** Ids of buildah's containers. */
  readonly containers: readonly string[];
  /** Mount points below the store. */
  readonly mounts: readonly string[];
  /** Command lines that name the store. */
  readonly processes: readonly string[];
}

/** Returns what runs on a store have left. */
export async function leftoversOf(store: string): Promise<Leftovers> {
  const engine = join(store, 'engine', 'buildah');
  const daggerSteps = await namesIn(join(store, 'engine', 'dagger', 'steps'));
  const layers = await namesIn(join(engine, 'layers'));
  return {
    temporary: await namesIn(join(store, 'tmp')),
    engine: [
      ...daggerSteps,
      ...(await namesIn(join(engine, 'steps'))),
      ...layers.filter((name) => name.startsWith('new-')),
    ],
    containers: await containersIn(engine),
    mounts: linesWith(await readFile('/proc/mounts', 'utf8'), `${store}/`),
    processes: await processesOf(store),
  };
}

/** Returns whether any process with these ids is still there that was when they were collected. */
export async function stillRunning(processes: readonly RunningProcess[]): Promise<string[]> {
  const now = await allProcesses();
  return processes
    .filter(({ id, started }) => now.some((other) => other.id === id && other.started === started))
    .map(({ id, name }) => `${id} ${name}`);
}

export interface RunningProcess {
  readonly id: number;
  readonly parent: number;
  readonly name: string;
  /** In clock ticks since boot. */
  readonly started: string;
}

/** Returns all processes below one, in containers too. */
export async function descendantsOf(id: number): Promise<RunningProcess[]> {
  const all = await allProcesses();
  const below = (parent: number): RunningProcess[] =>
    all.filter((process) => process.parent === parent).flatMap((process) => [process, ...below(process.id)]);
  return below(id);
}

async function allProcesses(): Promise<RunningProcess[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await mapConcurrent(ids, async (id) =>
    statOf(id, await readFile(`/proc/${id}/stat`, 'latin1').catch(() => '')),
  );
  return found.filter((process) => process !== undefined);
}

/**
 * Fields 2 (comm), 3 (state), 4 (ppid) and 22 (starttime) of /proc/<pid>/stat (proc(5)); zombies are gone.
 */
function statOf(id: string, stat: string): RunningProcess | undefined {
  const match = /^\d+ \((.*)\) (\S) (\d+) (.*)$/s.exec(stat);
  if (!match || match[2] === 'Z') return undefined;
  const rest = (match[4] ?? '').split(' ');
  return { id: Number(id), parent: Number(match[3]), name: match[1] ?? '', started: rest[22 - 5] ?? '' };
}

async function containersIn(engine: string): Promise<string[]> {
  // Written before buildah is first used on a store.
  const configuration = 'storage.conf';
  if (!(await namesIn(engine)).includes(configuration)) return [];
  const env = { ...process.env, CONTAINERS_STORAGE_CONF: join(engine, configuration) };
  const { stdout } = await exec('buildah', ['containers', '--quiet', '--all'], { env });
  return linesWith(stdout, '');
}

async function processesOf(store: string): Promise<string[]> {
  const listed = await exec('pgrep', ['--full', '--list-full', store]).catch(() => ({ stdout: '' }));
  return linesWith(listed.stdout, store);
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

function linesWith(text: string, part: string): string[] {
  return text.split('\n').filter((line) => line !== '' && line.includes(part));
}
