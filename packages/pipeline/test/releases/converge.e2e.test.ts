import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rawManifest } from '@image-tooling/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Converged } from '../../src/releases';
import { gitIn } from '../git-repository';
import { WRITE } from '../publish/workspace';
import { ReleaseWorkspace } from './workspace';

let workspace: ReleaseWorkspace;
beforeAll(async () => {
  workspace = await ReleaseWorkspace.open();
});
afterAll(() => workspace.close());
beforeEach(() => {
  workspace.proxy.heal();
  workspace.proxy.forget();
});

const summary = ({ images }: Converged): string[] =>
  images.map(({ image, release }) => `${image} ${release?.version} ${release?.action}`);
const release = (tags: readonly string[]): string[] => tags.filter((tag) => !/^main|^sha256-/.test(tag));

/** Digests of the platforms that a tag leads to. */
async function platforms(name: string, tag: string): Promise<string[]> {
  const index = await rawManifest(workspace.registry, `team/${name}`, tag);
  const { manifests } = JSON.parse(String(index?.bytes)) as { manifests: { digest: string }[] };
  return manifests.map(({ digest }) => digest);
}

describe('converge', () => {
  it('releases nothing on another branch, nor what is not pushed', async () => {
    await workspace.git('add', '.');
    await workspace.git('commit', '--quiet', '-m', 'feat: images');
    expect((await workspace.converge()).stderr).toContain('is not on main of the remote "origin"');
    expect((await workspace.converge([], { IMAGE_BRANCH: 'x' })).stderr).toContain('of another branch');
  });

  it('names what is missing if nothing was built, and writes nothing', async () => {
    await workspace.git('push', '--quiet', 'origin', 'main');
    const { exitCode, stderr } = await workspace.converge();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('nx run base:test-amd64');
    expect(await workspace.tags('base')).toEqual([]);
  });

  it('says in a dry run what a first release would be', async () => {
    await workspace.build('greet', 'part', 'base', 'tooling', 'super', 'other');
    const told = await workspace.mustConverge(['--dry-run']);
    expect(summary(told)).toEqual(
      ['base', 'other', 'tooling', 'super'].map((name) => `${name} 1.0.0 released`),
    );
    expect(await workspace.tags('base')).toEqual([]);
    expect(await workspace.gitTags()).toEqual([]);
  });

  it('publishes main, then releases each image, and writes the git tags last', async () => {
    const { images } = await workspace.mustConverge();
    expect(images.map(({ sentBlobBytes }) => sentBlobBytes.release)).toEqual([0, 0, 0, 0]);
    expect(images.every(({ sentBlobBytes }) => sentBlobBytes.main > 0)).toBe(true);
    expect(release(await workspace.tags('super'))).toEqual(['1', '1.0', '1.0.0', 'latest']);
    expect(await platforms('super', '1.0.0')).toEqual([await workspace.tested('super')]);
    expect(await workspace.gitTags()).toEqual(
      ['base', 'other', 'super', 'tooling'].map((name) => `${name}@1.0.0 feat: images`),
    );
  });

  it('writes nothing a second time, and asks little', async () => {
    expect(summary(await workspace.mustConverge())).toEqual(
      ['base', 'other', 'tooling', 'super'].map((name) => `${name} 1.0.0 present`),
    );
    expect(workspace.proxy.asked({ method: WRITE })).toEqual([]);
    expect(workspace.proxy.asked({ method: /GET/, path: /blobs/ })).toEqual([]);
  });

  it('releases exactly the image of a feature and those above it', async () => {
    await workspace.setTool('greet', '1.1.0');
    await workspace.push('feat(tooling): raise greet');
    await workspace.build('greet', 'tooling', 'super');
    expect(summary(await workspace.mustConverge())).toEqual([
      'base 1.0.0 present',
      'other 1.0.0 present',
      'tooling 1.1.0 released',
      'super 1.1.0 released',
    ]);
    expect(await platforms('super', '1.1.0')).toEqual([await workspace.tested('super')]);
    expect(await platforms('super', 'latest')).toEqual([await workspace.tested('super')]);
    expect(release(await workspace.tags('other'))).toEqual(['1', '1.0', '1.0.0', 'latest']);
    const notes = await workspace.read('images/super/dist/release/notes.md');
    expect(notes.replace(/\d+(\.\d)? [kM]?B/g, '<size>')).toMatchSnapshot();
  });

  it('releases nothing after a change of documents', async () => {
    await workspace.rig.write('README.md', 'Read me.\n');
    await workspace.rig.write('images/other/README.md', 'Read me, too.\n');
    await workspace.push('docs: feat! nothing');
    const told = await workspace.mustConverge();
    expect(told.images.map(({ release: one }) => one?.action)).toEqual(Array(4).fill('present'));
    expect(told.images.map(({ sentBlobBytes }) => sentBlobBytes.main)).toEqual([0, 0, 0, 0]);
  });

  it('goes on with a release that stopped before its git tag', async () => {
    await workspace.setTool('part', '1.0.1');
    await workspace.push('fix: raise part');
    await workspace.build('part', 'super');
    await workspace.git('remote', 'set-url', '--push', 'origin', '/nonexistent');
    const stopped = await workspace.converge();
    expect(stopped.stderr).toContain('git push failed on the remote "origin"');
    expect(await workspace.tags('super')).toContain('1.1.1');
    await workspace.git('remote', 'set-url', '--push', 'origin', workspace.remote);
    workspace.proxy.forget();
    expect(summary(await workspace.mustConverge())).toContain('super 1.1.1 released');
    expect(workspace.proxy.asked({ method: WRITE })).toEqual([]);
    expect(await workspace.gitTags()).toContain('super@1.1.1 fix: raise part');
  });

  it('moves nothing back in a run of an older commit', async () => {
    const before = await platforms('super', 'latest');
    const main = await platforms('super', 'main');
    await workspace.git('checkout', '--quiet', '--detach', 'HEAD~2');
    const told = await workspace.mustConverge([], { IMAGE_BRANCH: 'main' });
    expect(summary(told)).toContain('super 1.1.0 present');
    expect(await platforms('super', 'latest')).toEqual(before);
    expect(await platforms('super', 'main')).toEqual(main);
    await workspace.git('checkout', '--quiet', 'main');
  });

  it('goes on while others push commits that this clone does not have', async () => {
    const other = await mkdtemp(join(tmpdir(), 'image-tooling-other-'));
    gitIn(other, ['clone', '--quiet', workspace.remote, '.']);
    gitIn(other, ['commit', '--quiet', '--allow-empty', '-m', 'docs: by another']);
    gitIn(other, ['push', '--quiet', 'origin', 'main']);
    await rm(other, { recursive: true });
    expect(summary(await workspace.mustConverge())).toContain('super 1.1.1 present');
    await workspace.git('pull', '--quiet', '--ff-only', 'origin', 'main');
  });

  it('gives a version that was skipped to no later one: two runs at once, after one that was dropped', async () => {
    await workspace.rig.write('images/other/image.json', { ...OTHER, config: { labels: { team: 'a' } } });
    await workspace.push('feat: dropped');
    await workspace.rig.write('images/other/image.json', { ...OTHER, config: { labels: { team: 'b' } } });
    const commit = await workspace.push('fix: not dropped');
    await workspace.build('other');
    await Promise.all([workspace.mustConverge(), workspace.mustConverge()]);
    expect(release(await workspace.tags('other'))).toEqual(['1', '1.0', '1.0.0', '1.1', '1.1.1', 'latest']);
    expect(await workspace.gitTags()).toContain('other@1.1.1 fix: not dropped');
    expect(await platforms('other', `main-${commit.slice(0, 12)}`)).toEqual([
      await workspace.tested('other'),
    ]);
  });

  it('releases a version that somebody tagged', async () => {
    await workspace.git('tag', 'other@2.0.0');
    await workspace.git('push', '--quiet', 'origin', 'other@2.0.0');
    const [other] = (await workspace.mustConverge(['other'])).images;
    expect(other?.release).toMatchObject({ version: '2.0.0', action: 'released' });
    expect(release(await workspace.tags('other'))).toContain('2.0.0');
  });
});

const OTHER = { description: 'From base', from: { image: 'base' }, platforms: ['linux/amd64'] };
