import type { WorkspaceRig } from '@image-tooling/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Chain } from './chain';
import { releaseTar, ReleaseTools, VENDOR, writeLock } from './release-tools';

/**
 * An image with a tool that only its vendor publishes, whose lock was written from checksums, not fetched.
 */
export function describeVendorImage(chain: () => Chain): void {
  describe('an image with a vendor’s tool', () => {
    let vendor: ReleaseTools;
    let rig: WorkspaceRig;

    beforeAll(async () => {
      vendor = await ReleaseTools.open();
      rig = await chain().copy({ options: { mirrors: { [VENDOR]: `${vendor.server.url}/` } } });
      await vendor.defineTool(rig);
      await writeLock(rig, { amd64: releaseTar('x86_64'), arm64: releaseTar('arm64') });
      await rig.write('images/tooled/image.json', {
        description: 'Has a tool of a vendor',
        from: { image: 'base' },
        tools: ['tool'],
        config: { user: '1000:1000' },
        platforms: ['linux/amd64'],
      });
      await rig.must(['lock', 'tooled']);
    });
    afterAll(() => vendor.remove());

    it('does not build while the vendor can’t be reached, and everything else does', async () => {
      await vendor.server.stop();
      const end = await vendor.run(rig, 'build', 'tool', '--platform', 'linux/amd64');
      expect(end.exitCode).not.toBe(0);
      expect(end.stderr).toContain('tool 1.0.0 (linux/amd64) could not be fetched');
      await rig.must(['build', 'base']);
      await vendor.server.start();
    });

    it('builds with a server in place of the vendor, for both platforms, and passes its tests', async () => {
      await rig.must(['build', 'tool', '--platform', 'linux/amd64']);
      await rig.must(['build', 'tool', '--platform', 'linux/arm64']);
      await rig.must(['build', 'tooled']);
      expect(await rig.must(['test', 'tooled'])).toContain('tooled');
    });
  });
}
