import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FixtureArchive, FixturePackage, WorkspaceRig } from '@image-tooling/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { EXTRA, HELLO } from './fixture-images';

/** For an image on the child. */
export const ABOVE: FixturePackage = { name: 'fixture-above', depends: 'fixture-extra' };
const PACKAGES = [HELLO, EXTRA, ABOVE];

export interface BuiltFrom {
  readonly archive: () => FixtureArchive;
  /** Makes a workspace with the definitions and locks, and a store with what was built. */
  readonly another: () => Promise<WorkspaceRig>;
}

/** New versions in the archive, for images that are built. */
export function changedPackages({ archive, another }: BuiltFrom): void {
  it('of a package of the parent makes the chain again, once both are locked', async () => {
    const bumped = await another();
    const above = { description: 'On the child', from: { image: 'child' }, packages: ['fixture-above'] };
    await bumped.write('images/above/image.json', { ...above, platforms: ['linux/amd64'] });
    await bumped.must(['lock', 'above']);
    await archive().republish({ packages: [HELLO, { ...EXTRA, version: '1.1' }, ABOVE] });
    onTestFinished(() => archive().republish({ packages: PACKAGES }));
    await bumped.must(['lock', 'child']);
    await bumped.must(['build', 'base']);
    expect(await bumped.must(['build', 'child'])).toContain('child: apt layer  built');
    const stale = await bumped.run(['build', 'above']);
    expect(stale.exitCode).toBe(1);
    expect(stale.stderr).toContain('Run "npx nx run above:lock"');
    await bumped.must(['lock', 'above']);
    expect(await bumped.must(['build', 'above'])).toContain('above: apt layer  built');
  });

  it('of a package of a new system is in its lock, and a child that is not locked again is not built', async () => {
    const bumped = await another();
    await archive().republish({ packages: [{ ...HELLO, version: '1.1' }, EXTRA] });
    onTestFinished(() => archive().republish({ packages: PACKAGES }));
    await bumped.must(['lock', 'base']);
    expect(await readFile(join(bumped.folder, 'images/base/lock.json'), 'utf8')).toContain(
      'fixture-hello_1.1_all.deb',
    );
    const stale = await bumped.run(['build', 'child']);
    expect(stale.exitCode).toBe(1);
    expect(stale.stderr).toContain('Run "npx nx run child:lock"');
  });

  it('of a package is locked by the command of a scan, for the parent and its children', async () => {
    const fixed = await another();
    await archive().republish({ packages: [{ ...HELLO, version: '1.1' }, EXTRA] });
    onTestFinished(() => archive().republish({ packages: PACKAGES }));
    await fixed.must(['lock', 'base', '--family']);
    const locked = await readFile(join(fixed.folder, 'images/base/lock.json'), 'utf8');
    expect(locked).toContain('fixture-hello_1.1_all.deb');
    expect(locked).not.toContain('fixture-hello_1.0_all.deb');
    await fixed.must(['check']);
  });
}
