import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  rawManifest,
  startFaultProxy,
  tagsOf,
  type FaultProxy,
  type RealRegistry,
} from '@image-tooling/testkit';
import { pickFrom, randomFrom, valueOf } from '@image-tooling/testkit/helpers';
import { expect } from 'vitest';
import type { ExplainedImages } from '../explained-images';
import { gitIn } from '../git-repository';
import { killRun, writeHooks } from './killed-run';
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
 * Pushes a random history, and runs `converge` for its commits: some never, some killed by SIGKILL at a random moment,
 * some twice, in another order, two at once. Then compares with a registry where a run for each commit ended in order.
 * Returns the moments at which runs were killed.
 */
export async function expectConverged({ images, registry, seed }: RandomRuns): Promise<string[]> {
  const random = randomFrom(seed);
  const folder = await mkdtemp(join(tmpdir(), 'image-tooling-runs-'));
  const proxies = await Promise.all([startFaultProxy(registry), startFaultProxy(registry)]);
  try {
    const commits = await pushHistory(images, folder, random);
    const place = { images, registry, folder, commits };
    const clean = await Place.open(place, `clean-${seed}`);
    for (const commit of commits) await clean.run(commit);
    const wild = await Place.open(place, `wild-${seed}`, proxies);
    const killed = await wild.runWildly(random);
    await expectEqual(await clean.state(), await wild.state(), commits, seed);
    return killed;
  } finally {
    await Promise.all(proxies.map((proxy) => proxy.stop()));
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
    git('commit', '--quiet', '--allow-empty', '-m', pickFrom(random, MESSAGES));
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
  const value = pickFrom(random, ['a', 'b', 'c']);
  const [name, config] = pickFrom(random, [
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

/** A machine that runs CI, and what is between it and the registry. */
interface Runner {
  readonly machine: Machine;
  readonly proxy: FaultProxy | undefined;
}

/** A remote, a repository in the registry, and two machines that run CI for them, each with a store of its own. */
class Place {
  private constructor(
    private readonly options: PlaceOptions,
    private readonly name: string,
    private readonly remote: string,
    private readonly runners: readonly [Runner, Runner],
  ) {}

  /** @param proxies one for each machine */
  static async open(
    options: PlaceOptions,
    name: string,
    proxies: readonly FaultProxy[] = [],
  ): Promise<Place> {
    const { folder, images, registry } = options;
    const remote = join(folder, `${name}.git`);
    gitIn(folder, ['clone', '--quiet', '--bare', 'work', remote]);
    await writeHooks(remote);
    const open = async (at: number): Promise<Runner> => {
      const [clone, store] = [join(folder, `${name}-${at}`), join(folder, `${name}-${at}-store`)];
      gitIn(folder, ['clone', '--quiet', remote, clone]);
      await copyWorkspace(join(folder, 'work'), clone);
      await cp(images.rig.store, store, { recursive: true });
      const { host } = proxies[at] ?? registry;
      return { machine: new Machine(clone, store, `${host}/${name}`), proxy: proxies[at] };
    };
    return new Place(options, name, remote, [await open(0), await open(1)]);
  }

  /** Runs CI for a commit to its end. */
  async run(commit: string, { machine } = this.runners[0]): Promise<void> {
    await machine.build(commit);
    const { failures } = valueOf(await machine.converge());
    expect(failures).toEqual([]);
  }

  /**
   * Each run but that of the newest commit may be dropped or killed; it may run early, late, and again. Returns when
   * runs were killed.
   */
  async runWildly(random: () => number): Promise<string[]> {
    const { commits } = this.options;
    const newest = commits.at(-1) as string;
    const [, second] = this.runners;
    const others = commits.slice(0, -1).filter(() => random() < 0.7);
    const order = [...others, newest, ...others.filter(() => random() < 0.2)].sort(() => random() - 0.5);
    const killed: string[] = [];
    for (const commit of order) {
      if (random() < 0.4) killed.push(...(await this.kill(commit, random)));
      if (commit === newest || random() < 0.7) await this.run(commit);
      if (random() < 0.1) await Promise.all([this.run(newest), this.run(pickFrom(random, commits), second)]);
      if (random() < 0.1) {
        const [moments] = await Promise.all([this.kill(newest, random), this.run(commit, second)]);
        killed.push(...moments);
      }
    }
    return killed;
  }

  private async kill(commit: string, random: () => number): Promise<string[]> {
    const { machine, proxy } = this.runners[0];
    await machine.build(commit);
    const moment = proxy && (await killRun({ machine, proxy, remote: this.remote, random }));
    return moment === undefined ? [] : [moment];
  }

  async state(): Promise<State> {
    const tags = new Map<string, string>();
    for (const name of NAMES)
      for (const tag of await tagsOf(this.options.registry, `${this.name}/${name}`)) {
        const found = await rawManifest(this.options.registry, `${this.name}/${name}`, tag);
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
