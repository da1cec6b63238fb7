import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startRegistry, whyNoRegistry, type RealRegistry, type WorkspaceRig } from '@image-tooling/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockOf, read } from './base-images';
import type { Chain } from './chain';
import type { LayersFile, DigestFile } from '@image-tooling/model';

/** A base with dpkg and apt that another workspace published: packages are installed on it. */
export function describeRegistryBase(chain: () => Chain): void {
  const reason = whyNoRegistry();
  if (reason !== undefined) console.warn(`a base with apt: skipped, since ${reason}`);
  describe.skipIf(reason !== undefined)('an image on a Debian of a registry', () => {
    let registry: RealRegistry;
    let rig: WorkspaceRig;

    beforeAll(async () => {
      registry = await startRegistry();
      rig = await chain().copy();
    });
    afterAll(() => registry.stop());

    it('is locked over what is installed there, and built by apt, as is its child', async () => {
      const folder = `oci:${join(rig.folder, 'out')}`;
      await rig.must(['load', 'base', `--to=${folder}`]);
      await rig.must(['registry', 'copy', `${folder}:dev`, `${registry.host}/team/base:1`]);
      const { manifest } = await read<DigestFile>(rig, 'base/dist/linux-amd64/digest.json');
      await rm(join(rig.folder, 'images'), { recursive: true });
      const platforms = ['linux/amd64'];
      const from = { registry: `${registry.host}/team/base@${manifest}` };
      const packages = ['fixture-quick'];
      await rig.write('images/app/image.json', { description: 'App', from, packages, platforms });
      const child = { description: 'Child', from: { image: 'app' }, packages: ['fixture-second'], platforms };
      await rig.write('images/child/image.json', child);
      await rig.must(['lock', 'app']);
      const lock = await lockOf(rig);
      expect(lock?.base).toMatchObject({ apt: true, os: { id: 'debian', codename: 'trixie' } });
      expect(lock?.base?.packages.map(({ name }) => name)).toContain('dpkg');
      expect(lock?.packages.map(({ name }) => name)).toEqual(['fixture-quick']);
      await registry.stop();
      await rig.must(['build', 'app']);
      await rig.must(['lock', 'child']);
      await rig.must(['build', 'child']);
      const { layers } = await read<LayersFile>(rig, 'child/dist/linux-amd64/layers.json');
      expect(layers.map(({ kind, owner }) => `${kind} ${owner}`)).toEqual([
        ...Array<string>(lock?.base?.layers.length ?? 0).fill('base app'),
        'apt app',
        'apt child',
      ]);
    });
  });
}
