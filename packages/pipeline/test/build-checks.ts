import { leftoversOf, steady } from '@image-tooling/testkit';
import { describe, expect, it } from 'vitest';
import { NOTHING, type Chain } from './chain';

/** `build --check`, which builds twice more. */
export function describeBuildChecks(chain: () => Chain): void {
  describe('build --check', () => {
    it('reports that an image is identical twice', async () => {
      const rig = await chain().copy();
      const { exitCode, stdout } = await rig.run(['build', 'files', '--check']);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^files: identical twice {2}sha256:/m);
      expect(stdout).toContain('built again: files layer\n');
      expect(await leftoversOf(rig.store)).toEqual(NOTHING);
    });
  });
}

/** The same, where it takes long. */
export function describeLongBuildChecks(chain: () => Chain): void {
  describe('build --check', () => {
    it('names the first path that a maintainer script writes differently each time, and both contents', async () => {
      const rig = await chain().copy();
      const definition = { description: 'Random', from: { image: 'base' }, packages: ['fixture-random'] };
      await rig.write('images/random/image.json', { ...definition, platforms: ['linux/amd64'] });
      await rig.must(['lock', 'random']);
      const { exitCode, stderr } = await rig.run(['build', 'random', '--check']);
      expect(exitCode).toBe(1);
      expect(steady(stderr, rig).replace(/^(\s+[-+])\d+$/gm, '$1<nanoseconds>')).toMatchInlineSnapshot(`
        "error: Built twice, the apt layer of random differs in /var/lib/random/state. (not-reproducible)
          first:  sha256:<sha256>
          second: sha256:<sha256>
          of the two builds:
          @@ line 2 @@
           one
          -<nanoseconds>
          +<nanoseconds>
          help: Check what writes the file: a time, a random number or a random order. It must depend on the inputs alone.
        "
      `);
      expect(await leftoversOf(rig.store)).toEqual(NOTHING);
    });

    it('leaves nothing if it is stopped', async () => {
      const rig = await chain().copy();
      const check = rig.start(['build', 'slow', '--check'], { IMAGE_VERBOSE: '1' });
      await check.until(/apt layer {2}built[^]*falling asleep/);
      check.child.kill('SIGINT');
      expect((await check.ended).exitCode).toBe(130);
      expect(await leftoversOf(rig.store)).toEqual(NOTHING);
    });
  });
}
