import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type FixtureArchive,
  type FixturePackage,
  type Leftovers,
  type WorkspaceRig,
} from '@image-tooling/testkit';
import { BASE_IMAGE } from './fixture-images';
import { fixtureArchive, rigOnSmallDebian, rigWithBase } from './shared-base';

/** Incompressible content, the same each time. */
function noise(bytes: number): Buffer {
  const content = Buffer.alloc(bytes);
  for (let at = 0, state = 1; at < bytes; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    content[at] = state >>> 24;
  }
  return content;
}

/** Slow to fetch and to configure, so that it can be interrupted: nothing of a test reaches a maintainer script. */
export const SLOW: FixturePackage = {
  name: 'fixture-slow',
  files: { 'usr/share/fixture-slow/data': { content: noise(400_000) } },
  scripts: { postinst: 'echo falling asleep\nsleep 1\n' },
};

/** Take no time. */
const QUICK: FixturePackage = { name: 'fixture-quick', files: { 'usr/share/quick': 'quick\n' } };
const SECOND: FixturePackage = { name: 'fixture-second', depends: 'fixture-quick' };

/** Different in each build. */
const RANDOM: FixturePackage = {
  name: 'fixture-random',
  scripts: {
    postinst: 'mkdir -p /var/lib/random\n{ echo one; date +%N; echo three; } > /var/lib/random/state\n',
  },
};

export const FAILING: FixturePackage = {
  name: 'fixture-failing',
  scripts: { postinst: 'echo looking for the moon\necho "there is no moon" >&2\nexit 3\n' },
};

const PLATFORMS = { platforms: ['linux/amd64'] };
const IMAGES: Readonly<Record<string, object>> = {
  base: BASE_IMAGE,
  slow: { description: 'Takes its time', from: { image: 'base' }, packages: ['fixture-slow'] },
  failing: { description: 'Fails', from: { image: 'base' }, packages: ['fixture-failing'] },
  files: { description: 'Files only', from: { image: 'base' }, files: 'rootfs' },
};

/**
 * A base that is locked and built, and images on it that are locked only: built once, copied by each test.
 */
export class Chain {
  private readonly rigs: WorkspaceRig[] = [];

  private constructor(
    readonly archive: FixtureArchive,
    private readonly first: WorkspaceRig,
  ) {}

  static async make(): Promise<Chain> {
    const archive = await fixtureArchive([SLOW, FAILING, QUICK, SECOND, RANDOM]);
    const rig = await rigWithBase({ archives: [archive] });
    for (const [name, image] of Object.entries(IMAGES))
      await rig.write(`images/${name}/image.json`, { ...image, ...PLATFORMS });
    await rig.write('images/base/rootfs/etc/fixture.conf', 'from the rootfs\n');
    await rig.write('images/files/rootfs/etc/other.conf', 'other\n');
    await rig.must(['lock', 'base', '--family']);
    await rig.must(['build', 'base']);
    return new Chain(archive, rig);
  }

  /** Returns a workspace with all of it, and a store of its own with what was built; or with an empty one. */
  async copy({
    emptyStore = false,
    options = {},
  }: { readonly emptyStore?: boolean; readonly options?: object } = {}): Promise<WorkspaceRig> {
    const rig = await rigOnSmallDebian({
      archives: [this.archive],
      options: { ...options },
      ...(!emptyStore && { storeFrom: this.first.store }),
    });
    await cp(join(this.first.folder, 'images'), join(rig.folder, 'images'), { recursive: true });
    this.rigs.push(rig);
    return rig;
  }

  async remove(): Promise<void> {
    await Promise.all([this.first, ...this.rigs].map((rig) => rig.remove()));
    await this.archive.stop();
  }
}

export const NOTHING: Leftovers = { temporary: [], engine: [], containers: [], mounts: [], processes: [] };
