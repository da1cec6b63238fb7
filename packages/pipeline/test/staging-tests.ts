import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type DigestFile, type LayersFile, type PublishReport } from '@image-tooling/model';
import { startRegistry } from '@image-tooling/testkit';
import { openRepository } from '@image-tooling/oci';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { cachedLayers } from './cached-layers';
import { completeToolOutputs } from './fresh-clone';
import { valueOf } from '@image-tooling/testkit/helpers';
import { readInventory } from '../src/registry/prune/inventory';
import { planOf } from '../src/registry/prune/plan';
import { DIST, type PublishWorkspace } from './publish/workspace';
import { targetAt } from './registry-images';
import { NO_ENGINE, PUSH, stagingClone, stagingOf, stagingOnly } from './staging-clone';
import { stagingFaults } from './staging-faults';

/** A repository that builds of CI keep their layers in. */
export function stagingTests(workspace: () => PublishWorkspace): void {
  describe('staging', () => {
    let main: PublishWorkspace;
    const staging = () => stagingOf(main);
    const only = (env: NodeJS.ProcessEnv = {}) => stagingOnly(main, env);
    const clone = () => stagingClone(main);
    const layersOf = () => main.read<LayersFile>(`images/child/${DIST}/layers.json`);
    const digests = (image: string) => main.read<DigestFile>(`images/${image}/${DIST}/digest.json`);
    const requests = (method: RegExp) => main.proxy.requests.filter((request) => method.test(request.method));

    /** Builds on main's machine, which has all layers, as CI does. */
    const stage = (env: NodeJS.ProcessEnv = {}) =>
      main.rig.must(['build', 'child'], only({ ...PUSH, ...env }));
    const tags = async () => (await main.tags('team/staging')).filter((tag) => tag.startsWith('staged-'));

    beforeAll(async () => {
      main = workspace();
      await completeToolOutputs(main);
      expect(await stage()).toContain('child: stage the apt layer  pushed');
    });

    it('is not written by a build outside of CI, and by one in CI', async () => {
      main.proxy.forget();
      await main.rig.must(['build', 'child'], only());
      expect(main.proxy.requests).toEqual([]);
      await main.rig.must(['build', 'child'], only({ GITLAB_CI: 'true' }));
      expect(requests(/HEAD/)).toHaveLength(1);
    });

    it('keeps the layers of an image by one manifest with an expiry, and is asked once if it has it', async () => {
      const names = await tags();
      expect(names).toHaveLength(1);
      main.proxy.forget();
      expect(await stage()).not.toContain('stage the');
      expect(main.proxy.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
        `HEAD /v2/team/staging/manifests/${names[0]}`,
      ]);
      expect(await tags()).toEqual(names);
    });

    it('gives a fresh clone all layers: no engine, and no published image is needed', async () => {
      const rig = await clone();
      const out = await rig.must(['load', 'child', '--to=oci:out'], only({ ...NO_ENGINE, HOME: rig.store }));
      expect(out).toMatch(/child: pull the apt layer from \S+\/team\/staging {2}fetched/);
      expect(out).toContain(`digest ${(await digests('child')).manifest}`);
      expect((await rig.run(['store', 'verify'])).exitCode).toBe(0);
    });

    it('is asked before the published images', async () => {
      const rig = await clone();
      main.proxy.forget();
      await rig.must(['load', 'base', '--to=oci:out'], main.env({ ...staging(), ...NO_ENGINE }));
      expect(requests(/GET/).every(({ path }) => path.startsWith('/v2/team/staging/blobs/'))).toBe(true);
    });

    it('lets a publish on a fresh clone mount all layers: it reads none and sends none', async () => {
      const rig = await clone();
      main.proxy.forget();
      const env = main.env({ ...staging(), ...NO_ENGINE });
      const dry = await rig.must(['publish', 'child', '--dry-run'], env);
      expect(dry).toMatch(/would be pushed +apt layer of child/);
      expect(requests(/POST|PUT|PATCH/)).toEqual([]);
      await rig.must(['publish', 'child'], env);
      const { layers } = await layersOf();
      const read = requests(/GET/).filter(({ path }) => path.includes('/blobs/'));
      const ofLayers = read.filter(({ path }) => layers.some(({ digest }) => path.endsWith(digest)));
      expect(ofLayers).toEqual([]);
      const report = JSON.parse(
        (await rig.bash('cat images/child/dist/publish/publish.json')).stdout.toString(),
      ) as PublishReport;
      const how = Object.fromEntries(report.blobs.map(({ label, how: by }) => [label, by]));
      expect(how).toMatchObject({
        'bootstrap layer of base': 'mounted',
        'apt layer of child': 'mounted',
        'tool greet': 'mounted',
        config: 'pushed',
      });
    });

    it('gives a publish to another registry only the layers that it lacks', async () => {
      const rig = await clone();
      const other = await startRegistry();
      onTestFinished(() => other.stop());
      const env = { ...staging(), ...NO_ENGINE, IMAGE_REGISTRY: `${other.host}/team` };
      await main.mustPublish(['base'], { IMAGE_REGISTRY: env.IMAGE_REGISTRY });
      main.proxy.forget();
      await rig.must(['publish', 'child'], main.env(env));
      const { layers } = await layersOf();
      const apt = layers.find(({ owner, kind }) => owner === 'child' && kind === 'apt');
      expect(requests(/GET/).map(({ path }) => path)).toEqual([`/v2/team/staging/blobs/${apt?.digest}`]);
    });

    cachedLayers(() => main, ['a flipped bit']);

    stagingFaults(() => main, { hit: ['lies'], build: ['does not answer'] });

    it('takes what it can get of a build that has only paths', async () => {
      const rig = await clone();
      const repository = { IMAGE_STAGING: `${main.proxy.host}/other/staging` };
      const out = await rig.must(['build', 'child'], only({ ...PUSH, ...repository }));
      expect(out).toContain('child: stage the help layer  pushed');
      expect(await main.tags('other/staging')).toHaveLength(1);
      expect(await readdir(join(rig.store))).not.toContain('staging');
    });

    it('is emptied by prune when it has expired, not before', async () => {
      const { repository } = targetAt(main.registry.host, 'team/staging');
      const opened = openRepository(repository, { env: {}, signal: new AbortController().signal });
      onTestFinished(() => opened.close());
      const inventory = valueOf(await readInventory(opened));
      const inDays = (days: number) => planOf(inventory, Date.now() / 1000 + days * 86_400).deletions;
      expect(inDays(60)).toEqual([]);
      expect(inDays(92)).toMatchObject([
        { tags: await tags(), reason: expect.stringMatching(/^expired /) as string },
      ]);
      const out = await main.rig.must(['registry', 'prune'], main.env(staging()));
      expect(out).toMatch(/team\/staging\n {2}nothing to delete/);
    });

    it.each([
      ['IMAGE_STAGING', 'https://registry.example/team'],
      ['IMAGE_STAGING_PUSH', 'maybe'],
    ])('is refused if %s is wrong', async (name, value) => {
      const end = await main.rig.run(['build', 'base'], only({ [name]: value }));
      expect(end.exitCode).toBe(1);
      expect(end.stderr).toContain(name);
    });
  });
}
