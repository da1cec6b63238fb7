import { chmod, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { LayersFile, TestReport } from '@image-tooling/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DIST, REPORT, type PublishWorkspace } from './workspace';

/** What the command refuses, and its messages. None of these sends a request. */
export function refusals(workspace: () => PublishWorkspace): void {
  const undone: (() => Promise<void>)[] = [];
  beforeEach(() => workspace().proxy.forget());
  afterEach(async () => {
    for (const undo of undone.splice(0).reverse()) await undo();
    expect(await workspace().git('status', '--porcelain')).toBe('');
  });

  const pathOf = (path: string) => join(workspace().rig.folder, path);

  /** Removes a file or folder until the test has ended. */
  async function without(path: string): Promise<void> {
    const aside = `${workspace().rig.folder}-aside-${undone.length}`;
    await rename(pathOf(path), aside);
    undone.push(() => rename(aside, pathOf(path)));
  }

  /** Changes a JSON file until the test has ended. */
  async function changed(path: string, change: (json: object) => object): Promise<void> {
    const text = await readFile(pathOf(path), 'utf8');
    undone.push(() => workspace().rig.write(path, text));
    await workspace().rig.write(path, change(JSON.parse(text) as object));
  }

  /** Writes a file that is not committed, until the test has ended. */
  async function stray(path: string, content: unknown = 'not committed\n'): Promise<void> {
    await workspace().rig.write(path, content);
    undone.push(async () => {
      await workspace().git('clean', '--quiet', '--force', '-dx', '--', path);
    });
  }

  /** Returns the output of a refused publish. */
  async function refused(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    const { exitCode, stderr } = await workspace().publish(args, env);
    expect(exitCode).toBe(1);
    expect(workspace().proxy.requests).toEqual([]);
    return workspace().seen(stderr);
  }

  const testReport = (change: Partial<TestReport>) =>
    changed(`images/child/${REPORT}`, (report) => ({ ...report, ...change }));

  it('everything that prevents it, at once', async () => {
    await without(`images/child/${DIST}`);
    await without('images/child/lock.json');
    await stray('images/child/rootfs/etc/motd');
    await stray('tools/greet/notes.txt');
    await stray('images/base/rootfs/etc/fixture.conf.orig');
    expect(await refused(['child'], { IMAGE_REGISTRY: '' })).toMatchSnapshot();
  });

  describe('what was not tested', () => {
    it('at all', async () => {
      await without(`images/child/${REPORT}`);
      expect(await refused(['child'])).toMatchSnapshot();
    });

    it('with the built digest', async () => {
      await testReport({ manifest: `sha256:${'0'.repeat(64)}` });
      expect(await refused(['child'])).toMatchSnapshot();
    });

    it('with success', async () => {
      await testReport({ passed: false });
      expect(await refused(['child'])).toMatchSnapshot();
    });

    it('without a network', async () => {
      await testReport({ isolated: false });
      expect(await refused(['child'])).toMatchSnapshot();
    });

    it('on every declared platform; its lock is then stale too', async () => {
      const platforms = ['linux/amd64', 'linux/arm64'];
      await changed('images/base/image.json', (image) => ({ ...image, platforms }));
      expect(await refused(['base'])).toMatchSnapshot();
    });
  });

  describe('what is not committed', () => {
    it('also on a branch, unless allowed', async () => {
      await stray('images/child/rootfs/etc/motd');
      expect(await refused(['child', '--branch=topic'])).toMatchSnapshot();
    });

    it('on main even if allowed', async () => {
      await stray('images/child/rootfs/etc/motd');
      expect(await refused(['child', '--allow-dirty'])).toMatchSnapshot();
    });

    it('because git ignores it, although it is in the image', async () => {
      await stray('images/base/rootfs/etc/secret.env');
      expect(await refused(['child'])).toMatchSnapshot();
    });

    it('although git reports it as clean, with the setting to change', async () => {
      await workspace().git('config', 'core.fileMode', 'false');
      await chmod(pathOf('images/base/rootfs/etc/fixture.conf'), 0o755);
      undone.push(async () => {
        await chmod(pathOf('images/base/rootfs/etc/fixture.conf'), 0o644);
        await workspace().git('config', 'core.fileMode', 'true');
      });
      expect(await workspace().git('status', '--porcelain')).toBe('');
      expect(await refused(['child'])).toMatchSnapshot();
    });

    it('but not inputs of another image', async () => {
      await stray('images/other/image.json', { description: 'Another', from: { debian: 'trixie' } });
      await stray('tools/other/notes.txt');
      const out = await workspace().mustPublish(['child']);
      expect(out).toContain('nothing to do, everything is there');
    });

    it('and gets no tag of the commit', async () => {
      await stray('images/child/rootfs/etc/motd');
      const env = { IMAGE_REGISTRY: `${workspace().proxy.host}/dirty` };
      const out = await workspace().mustPublish(['child', '--branch=topic', '--allow-dirty'], env);
      expect(out).toContain(
        'child is published with changes that are not committed: images/child/rootfs/etc/motd',
      );
      expect(await workspace().tags('dirty/child')).toEqual(['branch-topic']);
    });
  });

  it('a tool from another source than the committed one, on main and in a release', async () => {
    await changed(`images/child/${DIST}/layers.json`, (file) => {
      const layers = file as LayersFile;
      const tools = layers.contents.tools.map((tool) => ({ ...tool, source: 'release' }));
      return { ...layers, contents: { ...layers.contents, tools } };
    });
    const said = await refused(['child', '--release=1.2.4']);
    expect(said).toMatchSnapshot();
    expect(await refused(['child'])).toContain('greet in child comes from release; the main branch has it');
  });

  it('what is not in a commit', async () => {
    await without('.git');
    const said = await refused(['child'], { GIT_CEILING_DIRECTORIES: join(workspace().rig.folder, '..') });
    expect(said.replace(/fatal: .*/, 'fatal: …')).toMatchSnapshot();
  });

  it.each([
    ['a release of a branch', ['child', '--branch=topic', '--release=1.2.4']],
    ['an invalid version', ['child', '--release=v1.2']],
    ['an unknown image', ['chidl']],
    ['an unknown way to verify', ['child', '--verify=ful']],
    ['a tool', ['greet']],
  ])('%s', async (_, args) => {
    expect(await refused(args)).toMatchSnapshot();
  });
}
