import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Failure, Result } from '@image-tooling/model';
import { openRepository, parseRepository, type ManifestBytes, type Repository } from '@image-tooling/oci';
import { rawManifest, startFaultProxy, tagsOf, type FaultProxy } from '@image-tooling/testkit';
import { valueOf } from '@image-tooling/testkit/helpers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Converged } from '../../src/releases';
import { yank } from '../../src/registry';
import { gitIn } from '../git-repository';
import { WRITE } from '../publish/workspace';
import { targetAt } from '../registry-images';
import { copyWorkspace, Machine } from './machine';
import { openReleaseRig, type ReleaseRig } from './rig';

// With builds and tests of an engine, signatures and the command line: converge.e2e.test.ts
let rig: ReleaseRig;
let proxy: FaultProxy;
let folder: string;
let remote: string;
let machine: Machine;

beforeAll(async () => {
  rig = await openReleaseRig();
  proxy = await startFaultProxy(rig.registry);
  folder = await mkdtemp(join(tmpdir(), 'image-tooling-converge-'));
  remote = join(folder, 'remote.git');
  machine = new Machine(join(folder, 'work'), rig.images.rig.store, `${proxy.host}/team`);
  await copyWorkspace(rig.images.rig.folder, machine.folder);
  gitIn(folder, ['init', '--quiet', '--bare', '--initial-branch=main', remote]);
  machine.git('init', '--quiet', '--initial-branch=main');
  machine.git('remote', 'add', 'origin', remote);
}, 60_000);
afterAll(async () => {
  await proxy.stop();
  await rig.remove();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  proxy.heal();
  proxy.forget();
});

const WRITES = { method: WRITE };

async function change(name: string, changed: object): Promise<void> {
  const file = join(machine.folder, `images/${name}/image.json`);
  const definition = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...definition, ...changed }));
}

/** Commits, pushes and builds. Returns the commit. */
async function push(message: string): Promise<string> {
  machine.git('add', '.');
  machine.git('commit', '--quiet', '--allow-empty', '-m', message);
  machine.git('push', '--quiet', 'origin', 'HEAD:main');
  const commit = machine.git('rev-parse', 'HEAD');
  await machine.build(commit);
  return commit;
}

async function converged(): Promise<string[]> {
  const done = valueOf(await machine.converge());
  expect(done.failures).toEqual([]);
  return summary(done);
}

function summary({ images }: Converged): string[] {
  return images.map(({ image, release }) => `${image} ${release?.version} ${release?.action}`);
}

function refused(result: Result<Converged>): Failure {
  if (result.ok) throw new Error('it converged');
  return result.failures[0];
}

const tags = (name: string): Promise<string[]> => tagsOf(rig.registry, `team/${name}`);
const releases = async (name: string): Promise<string[]> =>
  (await tags(name)).filter((tag) => !tag.startsWith('main'));
const gitTags = (): string =>
  gitIn(remote, ['for-each-ref', '--format=%(refname:short) %(subject)', 'refs/tags']);

const at = (tag: string): string => `team/${tag}`;

async function heads(name: string, tag: string): Promise<string | undefined> {
  return (await rawManifest(rig.registry, at(name), tag))?.digest;
}

async function withRepository<T>(name: string, work: (one: Repository) => Promise<Result<T>>): Promise<T> {
  const repository = openRepository(valueOf(parseRepository(`${rig.registry.host}/team/${name}`)), {
    env: { HOME: '/nonexistent' },
    signal: new AbortController().signal,
  });
  return valueOf(await work(repository).finally(() => repository.close()));
}

/** Points a tag to the image of another one. */
const move = (name: string, to: string, tag: string): Promise<void> =>
  withRepository(name, async (one) =>
    one.putManifest(valueOf(await one.getManifest(to)) as ManifestBytes, tag),
  );

const yankRelease = (name: string, version: string): Promise<unknown> =>
  yank(targetAt(rig.registry.host, at(name)), { version, reason: 'bad' });

describe('converge', () => {
  it('does nothing before the commit is on main of the remote', async () => {
    machine.git('add', '.');
    machine.git('commit', '--quiet', '-m', 'feat: images');
    expect(refused(await machine.converge()).message).toMatch(/is not on main of the remote "origin"/);
    machine.git('push', '--quiet', 'origin', 'HEAD:main');
    const asBranch = await machine.converge(undefined, { env: { IMAGE_BRANCH: 'x' } });
    expect(refused(asBranch).message).toMatch(/of another branch/);
    const withVersion = await machine.converge(undefined, { env: { IMAGE_RELEASE_VERSION: '1.2.3' } });
    expect(refused(withVersion).code).toBe('usage');
    expect(proxy.requests).toEqual([]);
  });

  it('needs the whole history', async () => {
    machine.git('commit', '--quiet', '--allow-empty', '-m', 'docs: two');
    machine.git('push', '--quiet', 'origin', 'HEAD:main');
    const shallow = join(folder, 'shallow');
    gitIn(folder, ['clone', '--quiet', '--depth=1', `file://${remote}`, shallow]);
    const clone = new Machine(shallow, rig.images.rig.store, `${proxy.host}/team`);
    expect(refused(await clone.converge()).hint).toMatch(/fetch-depth: 0/);
  });

  it('names every image that is not there', async () => {
    const asked = await machine.converge(undefined, { names: ['nope', 'base', 'neither', 'nope'] });
    const messages = asked.ok ? [] : asked.failures.map(({ message }) => message);
    expect(messages).toEqual(
      ['nope', 'neither'].map((name) => `There is no image or tool called "${name}".`),
    );
  });

  it('says in a dry run what a first release is, and writes nothing', async () => {
    await push('docs: three');
    const told = valueOf(await machine.converge(undefined, { dryRun: true }));
    expect(summary(told)).toEqual(['base 1.0.0 released', 'child 1.0.0 released']);
    expect(proxy.asked(WRITES)).toEqual([]);
    expect(gitTags()).toBe('');
  });

  it('publishes main, releases on top of it without a blob, and tags the commit that brought the images', async () => {
    const done = valueOf(await machine.converge());
    expect(summary(done)).toEqual(['base 1.0.0 released', 'child 1.0.0 released']);
    expect(done.images.map(({ sentBlobBytes }) => sentBlobBytes.release)).toEqual([0, 0]);
    expect(await releases('child')).toEqual(['1', '1.0', '1.0.0', 'latest']);
    expect(gitTags()).toBe('base@1.0.0 feat: images\nchild@1.0.0 feat: images');
  });

  it('asks for tags a second time, and nothing else', async () => {
    expect(await converged()).toEqual(['base 1.0.0 present', 'child 1.0.0 present']);
    expect(proxy.requests.filter(({ method }) => method !== 'HEAD')).toEqual([]);
    expect(proxy.requests.length).toBeLessThanOrEqual(2 * 8);
  });

  it('releases an image, and those above it only if they change', async () => {
    await change('base', { config: { labels: { team: 'a' } } });
    await push('feat: a label, which is not inherited');
    expect(await converged()).toEqual(['base 1.1.0 released', 'child 1.0.0 present']);
    const notes = await readFile(join(machine.folder, 'images/base/dist/release/notes.md'), 'utf8');
    expect(notes).toContain('Changes since 1.0.0:\n\nThe same layers: only the configuration differs.');
    await change('base', { config: { env: { TEAM: 'a' } } });
    await push('fix: a variable, which is');
    expect(await converged()).toEqual(['base 1.1.1 released', 'child 1.0.1 released']);
  });

  it('releases nothing after a change of documents', async () => {
    await writeFile(join(machine.folder, 'images/child/README.md'), 'Read me.\n');
    const commit = await push('feat!: documents');
    expect(await converged()).toEqual(['base 1.1.1 present', 'child 1.0.1 present']);
    expect(await tags('child')).toContain(`main-${commit.slice(0, 12)}`);
  });

  it('finishes a release whose git tag could not be pushed', async () => {
    await change('child', { config: { labels: { team: 'b' } } });
    await push('fix: stopped');
    machine.git('remote', 'set-url', '--push', 'origin', join(folder, 'missing'));
    const stopped = valueOf(await machine.converge());
    expect(stopped.failures.map(({ message }) => message)).toEqual([
      'git push failed on the remote "origin".',
    ]);
    expect(await tags('child')).toContain('1.0.2');
    machine.git('remote', 'set-url', '--push', 'origin', remote);
    proxy.forget();
    expect(await converged()).toEqual(['base 1.1.1 present', 'child 1.0.2 released']);
    expect(proxy.asked(WRITES)).toEqual([]);
    expect(gitTags()).toContain('child@1.0.2 fix: stopped');
  });

  it('goes on after a failed image, and reports it', async () => {
    await change('base', { description: 'Another base' });
    await change('child', { description: 'Another child' });
    await push('fix: descriptions');
    proxy.fault({ method: /PUT/, path: /base\/manifests/, fault: { kind: 'answer', status: 403 } });
    const done = valueOf(await machine.converge());
    expect(summary(done)).toEqual(['child 1.0.3 released']);
    expect(done.failures).toHaveLength(1);
    proxy.heal();
    expect(await converged()).toEqual(['base 1.1.2 released', 'child 1.0.3 present']);
  });

  it('moves main on to a newer commit that another machine has published', async () => {
    const newest = await push('docs: newest');
    await converged();
    machine.git('checkout', '--quiet', '--detach', 'HEAD~1');
    await machine.build(machine.git('rev-parse', 'HEAD'));
    await converged();
    expect(await heads('child', 'main')).toBe(await heads('child', `main-${newest.slice(0, 12)}`));
    await machine.build(newest);
  });

  it('moves tags on that an older run has moved back, but none of a release that is marked as bad', async () => {
    await move('child', '1.0.2', 'latest');
    await move('child', '1.0.2', '1.0');
    const done = valueOf(await machine.converge());
    expect(done.images.flatMap(({ moved }) => moved)).toEqual([
      { tag: '1.0', to: '1.0.3' },
      { tag: 'latest', to: '1.0.3' },
    ]);
    await yankRelease('child', '1.0.3');
    await move('child', '1.0.2', 'latest');
    expect(valueOf(await machine.converge()).images.flatMap(({ moved }) => moved)).toEqual([]);
  });

  it('releases a version that somebody has tagged', async () => {
    machine.git('push', '--quiet', 'origin', 'HEAD:refs/tags/base@2.0.0');
    expect(await converged()).toEqual(['base 2.0.0 released', 'child 1.0.3 present']);
    expect(await releases('base')).toEqual(expect.arrayContaining(['2.0.0', '2.0', '2']));
  });
});

describe('publish on main', () => {
  const mainOf = async (): Promise<string | undefined> => heads('child', 'main');
  const commitTag = (id: string): string => `main-${id.slice(0, 12)}`;

  it('does not move main back from an older checkout', async () => {
    const older = machine.git('rev-parse', 'HEAD');
    await change('child', { description: 'The newest child' });
    const newest = await push('fix: newest');
    await machine.publish('child');
    await machine.build(older);
    expect(await machine.publish('child')).toMatchObject([
      { tag: commitTag(older), action: 'same' },
      { tag: 'main', action: 'held', heldBy: commitTag(newest) },
    ]);
    expect(await mainOf()).toBe(await heads('child', commitTag(newest)));
  });

  it('moves main if the remote does not answer, and converge moves it on', async () => {
    const before = await mainOf();
    machine.git('remote', 'set-url', 'origin', join(folder, 'missing'));
    expect(await machine.publish('child')).toMatchObject([{ action: 'same' }, { action: 'move' }]);
    machine.git('remote', 'set-url', 'origin', remote);
    expect(await mainOf()).not.toBe(before);
    await converged();
    expect(await mainOf()).toBe(before);
  });
});
