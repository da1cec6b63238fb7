import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  rawManifest,
  startFaultProxy,
  tagsOf,
  type FaultProxy,
  type RealRegistry,
} from '@image-tooling/testkit';
import { randomFrom, valueOf } from '@image-tooling/testkit/helpers';
import { expect } from 'vitest';
import type { ExplainedImages } from '../explained-images';
import { gitIn } from '../git-repository';
import { copyWorkspace, Machine } from './machine';

/** What a history is made of. */
interface RandomRuns {
  readonly images: ExplainedImages;
  readonly registry: RealRegistry;
  readonly seed: number;
}

const NAMES = ['base', 'child'];
const MESSAGES = ['feat: a', 'fix: b', 'feat!: c', 'docs: d'];

/**
 * Pushes a random history, and runs `converge` for its commits: some never, some killed at a random request, some
 * twice, in another order, two at once. Then compares with a registry where a run for each commit ended in order.
 */
export async function expectConverged({ images, registry, seed }: RandomRuns): Promise<void> {
  const random = randomFrom(seed);
  const folder = await mkdtemp(join(tmpdir(), 'image-tooling-runs-'));
  const proxy = await startFaultProxy(registry);
  try {
    const commits = await pushHistory(images, folder, random);
    const place = { images, registry, folder, commits };
    const clean = await Place.open(place, `${registry.host}/clean-${seed}`);
    for (const commit of commits) await clean.run(commit);
    const wild = await Place.open(place, `${proxy.host}/wild-${seed}`);
    await wild.runWildly(random, proxy);
    await expectEqual(await clean.state(`clean-${seed}`), await wild.state(`wild-${seed}`), commits, seed);
  } finally {
    await proxy.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Returns the commits of main, the oldest first. */
async function pushHistory(images: ExplainedImages, folder: string, random: () => number): Promise<string[]> {
  const work = join(folder, 'work');
  await copyWorkspace(images.rig.folder, work);
  const git = (...args: string[]): string => gitIn(work, args);
  git('init', '--quiet', '--initial-branch=main');
  const commit = async (): Promise<void> => {
    await edit(work, random);
    git('add', '.');
    git('commit', '--quiet', '--allow-empty', '-m', pick(random, MESSAGES));
  };
  git('add', '.');
  git('commit', '--quiet', '-m', 'feat: begin');
  for (let at = 0; at < 2 + random() * 3; at++) {
    if (random() < 0.7) await commit();
    else {
      git('checkout', '--quiet', '-b', `topic-${at}`);
      await commit();
      if (random() < 0.5) await commit();
      git('checkout', '--quiet', 'main');
      git('merge', '--quiet', '--no-ff', '-m', `Merge topic-${at}`, `topic-${at}`);
    }
  }
  return git('rev-list', '--first-parent', '--reverse', 'main').split('\n');
}

/** Only what restacks images: layers that need an engine stay. Few values, so that some commits revert others. */
async function edit(work: string, random: () => number): Promise<void> {
  const value = pick(random, ['a', 'b', 'c']);
  const [name, config] = pick(random, [
    ['base', { labels: { team: value } }],
    ['base', { env: { TEAM: value } }],
    ['child', { labels: { team: value } }],
    ['', {}],
  ] as const);
  if (name === '') return writeFile(join(work, 'README.md'), value);
  const file = join(work, `images/${name}/image.json`);
  const definition = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...definition, config }));
}

function pick<T>(random: () => number, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T;
}

interface PlaceOptions {
  readonly images: ExplainedImages;
  readonly registry: RealRegistry;
  readonly folder: string;
  readonly commits: readonly string[];
}

/** What images and git have after all runs: tag → digest, and git tag → commit. */
interface State {
  readonly tags: ReadonlyMap<string, string>;
  readonly git: ReadonlyMap<string, string>;
}

/** A remote, a registry, and two machines that run CI for them. */
class Place {
  private constructor(
    private readonly options: PlaceOptions,
    private readonly remote: string,
    private readonly machines: readonly [Machine, Machine],
  ) {}

  static async open(options: PlaceOptions, repository: string): Promise<Place> {
    const { folder, images } = options;
    const name = repository.replace(/.*\//, '');
    const remote = join(folder, `${name}.git`);
    gitIn(folder, ['clone', '--quiet', '--bare', 'work', remote]);
    const machines = await Promise.all(
      ['one', 'two'].map(async (machine) => {
        const clone = join(folder, `${name}-${machine}`);
        gitIn(folder, ['clone', '--quiet', remote, clone]);
        await copyWorkspace(join(folder, 'work'), clone);
        return new Machine(clone, images.rig.store, repository);
      }),
    );
    return new Place(options, remote, machines as [Machine, Machine]);
  }

  /** Runs CI for a commit to its end. */
  async run(commit: string, machine = this.machines[0]): Promise<void> {
    await machine.build(commit);
    const { failures } = valueOf(await machine.converge(new AbortController().signal));
    expect(failures).toEqual([]);
  }

  /** Each run but that of the newest commit may be dropped or killed; it may run early, late, and again. */
  async runWildly(random: () => number, proxy: FaultProxy): Promise<void> {
    const { commits } = this.options;
    const newest = commits.at(-1) as string;
    const others = commits.slice(0, -1).filter(() => random() < 0.7);
    const order = [...others, newest, ...others.filter(() => random() < 0.2)].sort(() => random() - 0.5);
    for (const commit of order) {
      if (random() < 0.4) await this.kill(commit, random, proxy);
      if (commit === newest || random() < 0.7) await this.run(commit);
      if (random() < 0.1) await this.both(newest, pick(random, commits));
    }
  }

  /** Ends a run at a random request, before or after the registry has answered it. */
  private async kill(commit: string, random: () => number, proxy: FaultProxy): Promise<void> {
    const [machine] = this.machines;
    await machine.build(commit);
    const controller = new AbortController();
    const when = random() < 0.5 ? 'asked' : 'answered';
    const nth = 1 + Math.floor(random() * 60);
    const work = (): void => controller.abort();
    proxy.fault({ nth, fault: { kind: 'run', work, when } });
    await machine.converge(controller.signal);
    proxy.heal();
  }

  private async both(one: string, other: string): Promise<void> {
    await Promise.all([this.run(one, this.machines[0]), this.run(other, this.machines[1])]);
  }

  async state(path: string): Promise<State> {
    const tags = new Map<string, string>();
    for (const name of NAMES)
      for (const tag of await tagsOf(this.options.registry, `${path}/${name}`)) {
        const found = await rawManifest(this.options.registry, `${path}/${name}`, tag);
        tags.set(`${name}:${tag}`, String(found?.digest));
      }
    const listed = gitIn(this.remote, ['show-ref', '--tags']).split('\n');
    const rows = listed.map((line) => line.split(' ').reverse() as [string, string]);
    return { tags, git: new Map(rows) };
  }
}

/** Tags that name one thing; the others follow them. */
const FIXED = /:(?:main-[0-9a-f]{12}|\d+\.\d+\.\d+)$/;

/** Everything that is there is as after clean runs, and nothing of the newest commit is missing. */
async function expectEqual(
  clean: State,
  wild: State,
  commits: readonly string[],
  seed: number,
): Promise<void> {
  const about = `seed ${seed}`;
  for (const [tag, digest] of wild.tags)
    if (FIXED.test(tag)) expect(digest, `${about} ${tag}`).toBe(clean.tags.get(tag));
  for (const [tag, commit] of wild.git) expect(commit, `${about} ${tag}`).toBe(clean.git.get(tag));
  const newest = `main-${commits.at(-1)?.slice(0, 12)}`;
  for (const name of NAMES) {
    const release = [...clean.tags].find(
      ([tag, digest]) => digest === clean.tags.get(`${name}:latest`) && FIXED.test(tag),
    )?.[0];
    const version = release?.replace(/.*:/, '') ?? '';
    const aliases = ['latest', version.replace(/\.\d+$/, ''), version.replace(/\..*/, '')];
    for (const tag of [newest, 'main', version, ...aliases])
      expect(wild.tags.get(`${name}:${tag}`), `${about} ${name}:${tag}`).toBe(
        clean.tags.get(`${name}:${tag}`),
      );
    expect([...wild.git.keys()], about).toContain(`refs/tags/${name}@${version}`);
  }
}
