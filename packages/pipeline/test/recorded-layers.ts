import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hexOf, type DigestFile, type LayersFile } from '@image-tooling/model';
import {
  startFaultProxy,
  startRegistry,
  type FaultProxy,
  type RealRegistry,
  type WorkspaceRig,
} from '@image-tooling/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHILD_IMAGE } from './fixture-images';
import { DIST, type PublishWorkspace } from './publish/workspace';
import { publishedLayerFaults } from './published-layer-faults';
import { NO_PROGRAMS, restored } from './restored';

const NO_REGISTRY = { IMAGE_REGISTRY: '' };

const changeWord = (rig: WorkspaceRig) =>
  rig.write('images/child/image.json', { ...CHILD_IMAGE, tools: ['greet'], description: 'Another word' });

const digestsOf = async (rig: WorkspaceRig) => JSON.parse(await text(rig, 'digest.json')) as DigestFile;
const text = async (rig: WorkspaceRig, name: string) =>
  (await rig.bash(`cat images/child/${DIST}/${name}`)).stdout.toString();
const blobsOf = (rig: WorkspaceRig) => readdir(join(rig.store, 'blobs', 'sha256'));

/** Layers whose digests a workspace has, whose blobs are only in published images. */
export function recordedLayers(workspace: () => PublishWorkspace): void {
  describe('layers that are recorded, but not in the store', () => {
    let published: PublishWorkspace;
    // Its own: the workspace's store then has no record that other tests' registry has these layers.
    let server: RealRegistry;
    let proxy: FaultProxy;
    beforeAll(async () => {
      published = workspace();
      server = await startRegistry();
      proxy = await startFaultProxy(server);
      for (const image of ['base', 'child']) await published.mustPublish([image], registry());
    });
    afterAll(async () => {
      await proxy.stop();
      await server.stop();
    });

    const read = <T>(image: string, name: string) => published.read<T>(`images/${image}/${DIST}/${name}`);
    const registry = () => ({ IMAGE_REGISTRY: `${proxy.host}/team` });

    it('need no engine, registry or blob if a word of the image changes', async () => {
      const warm = await restored(published, published.rig.store);
      await changeWord(warm);
      await warm.must(['build', 'child']);
      const rig = await restored(published);
      await changeWord(rig);
      const out = await rig.must(['build', 'child'], { ...NO_PROGRAMS, ...NO_REGISTRY });
      expect(out).toContain('child: apt layer  from the Nx cache');
      const digests = await digestsOf(rig);
      expect(digests).toEqual(await digestsOf(warm));
      expect(digests.manifest).not.toBe((await read<DigestFile>('child', 'digest.json')).manifest);
      for (const name of ['layers.json', 'sbom.cdx.json', 'sbom.spdx.json'])
        expect(await text(rig, name)).toBe(await text(warm, name));
      expect(await blobsOf(rig)).toEqual([hexOf(digests.help)]);
      expect(await rig.must(['store', 'verify'])).not.toContain('gone');
    });

    it('need an engine if nothing tells their paths', async () => {
      const rig = await restored(published);
      await changeWord(rig);
      await rm(join(rig.folder, `images/base/${DIST}/paths.json.gz`));
      const end = await rig.run(['build', 'child'], { ...NO_PROGRAMS, ...NO_REGISTRY });
      expect(end.exitCode).toBe(1);
      expect(end.stderr).toContain('(no-engine)');
    });

    it('are pulled from the published images when their blobs are needed, each once', async () => {
      const rig = await restored(published);
      await changeWord(rig);
      await rig.must(['build', 'child'], { ...NO_PROGRAMS, ...NO_REGISTRY });
      proxy.forget();
      const out = await rig.must(['load', 'child', '--to=oci:out'], { ...NO_PROGRAMS, ...registry() });
      expect(out).not.toMatch(/ {2}built {2}.*layer|layer.* {2}built/);
      const { layers } = JSON.parse(await text(rig, 'layers.json')) as LayersFile;
      const pulled = proxy.requests.filter(({ method }) => method === 'GET').map(({ path }) => path);
      expect(pulled.sort()).toEqual(
        layers
          .map(
            ({ digest, kind }) =>
              `/v2/team/${kind === 'bootstrap' || kind === 'files' ? 'base' : 'child'}/blobs/${digest}`,
          )
          .sort(),
      );
      const blobs = await blobsOf(rig);
      expect(blobs).toEqual(expect.arrayContaining(layers.map(({ digest }) => hexOf(digest))));
      expect(blobs).toContain(hexOf((await digestsOf(rig)).manifest));
      expect((await rig.run(['store', 'verify'])).exitCode).toBe(0);
    });

    it('are pulled for the engine, where a layer above them has to be made', async () => {
      const rig = await restored(published);
      await rm(join(rig.folder, 'images/child/dist'), { recursive: true });
      const out = await rig.must(['build', 'child'], registry());
      expect(out).toContain(`base: pull the bootstrap layer from ${proxy.host}/team/base  fetched`);
      expect(out).toContain('child: apt layer  built');
      expect(out).not.toContain('base: bootstrap layer  built');
      expect(out).not.toContain('pull the files layer');
      expect(await digestsOf(rig)).toEqual(await read('child', 'digest.json'));
    });

    it('are refused if the tar in the published blob is not the recorded one', async () => {
      const rig = await restored(published);
      const layers = await read<LayersFile>('base', 'layers.json');
      const diffId = `sha256:${'0'.repeat(64)}`;
      const altered = layers.layers.map((layer) => (layer.kind === 'files' ? { ...layer, diffId } : layer));
      await rig.write(`images/base/${DIST}/layers.json`, { ...layers, layers: altered });
      const end = await rig.run(['load', 'child', '--to=oci:out'], { ...NO_PROGRAMS, ...registry() });
      expect(end.exitCode).toBe(1);
      expect(end.stdout).toMatch(/the files layer can't be pulled: The tar in blob \S+ is \S+, but/);
      expect(end.stderr).toContain('the files layer of base is not what was recorded');
    });

    publishedLayerFaults(() => published, { names: ['sends wrong bytes'], proxy: () => proxy });
  });
}
