import { readdir, readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  descendantsOf,
  leftoversOf,
  stillRunning,
  type StartedCommandLine,
  type WorkspaceRig,
} from '@image-tooling/testkit';
import { ageLocks } from '@image-tooling/testkit/helpers';
import { beforeAll, describe, expect, it } from 'vitest';
import { NOTHING, type Chain } from './chain';

/** A file that is slow to hash and pack, but takes no space: 100 MB of zeros. */
const LARGE_BYTES = 100_000_000;
const WAIT_SECONDS = 120;

/** A moment of a build, and how to detect it. */
interface Moment {
  readonly image: string;
  readonly prepare?: (chain: Chain, rig: WorkspaceRig) => Promise<void> | void;
  readonly reached: (chain: Chain, rig: WorkspaceRig, build: StartedCommandLine) => Promise<void>;
}

const MOMENTS: Readonly<Record<string, Moment>> = {
  'while a package is fetched': {
    image: 'slow',
    prepare: ({ archive }) => archive.fault({ path: /fixture-slow/, fault: { kind: 'slow', bytes: 500 } }),
    reached: (_, { store }) =>
      until(async () => (await largest(join(store, 'tmp'), /^debs\..*\.tmp$/)) > 1000),
  },
  'while a maintainer script runs': {
    image: 'slow',
    reached: (_, __, build) => build.until(/falling asleep/),
  },
  'while a layer is written into the store': {
    image: 'files',
    reached: (_, { store }) => until(async () => (await largest(join(store, 'tmp'), /^blob\./)) > 0),
  },
};

export function describeKills(chain: () => Chain): void {
  describe('a build that is killed', () => {
    const digests: Record<string, string> = {};

    beforeAll(async () => {
      const rig = await withLargeFile(chain());
      for (const image of ['slow', 'files']) {
        await rig.must(['build', image]);
        digests[image] = await digestOf(rig, image);
      }
    }, 600_000);

    it.each(Object.entries(MOMENTS))(
      'with Ctrl-C %s leaves nothing, and is built by the next run',
      async (_, moment) => {
        const rig = await withLargeFile(chain());
        const { end, processes } = await interrupted(chain(), rig, moment, 'SIGINT');
        expect(end.exitCode).toBe(130);
        expect(end.stderr).toBe('Stopped. Finished steps are kept: run the same command to continue.\n');
        expect(await stillRunning(processes)).toEqual([]);
        expect(await leftoversOf(rig.store)).toEqual(NOTHING);
        expect(await isBuilt(rig, moment.image)).toBe(false);
        await rig.must(['build', moment.image]);
        expect(await digestOf(rig, moment.image)).toBe(digests[moment.image]);
      },
    );

    it.each(Object.entries(MOMENTS))(
      'with SIGKILL %s is built by the next run, which cleans up',
      async (_, moment) => {
        const rig = await withLargeFile(chain());
        const { end, processes } = await interrupted(chain(), rig, moment, 'SIGKILL');
        expect(end.exitCode).toBe(137);
        await ageLocks(rig.store);
        expect(await isBuilt(rig, moment.image)).toBe(false);
        await rig.must(['build', moment.image]);
        expect(await digestOf(rig, moment.image)).toBe(digests[moment.image]);
        expect(await stillRunning(processes)).toEqual([]);
        expect(await leftoversOf(rig.store)).toEqual(NOTHING);
      },
    );
  });
}

async function withLargeFile(chain: Chain): Promise<WorkspaceRig> {
  const rig = await chain.copy();
  await rig.write('images/files/rootfs/opt/large', '');
  await truncate(join(rig.folder, 'images/files/rootfs/opt/large'), LARGE_BYTES);
  return rig;
}

/** Starts a build, and ends it at the moment; with the processes that it had then. */
async function interrupted(chain: Chain, rig: WorkspaceRig, moment: Moment, signal: NodeJS.Signals) {
  await moment.prepare?.(chain, rig);
  try {
    const build = rig.start(['build', moment.image], { IMAGE_VERBOSE: '1' });
    await moment.reached(chain, rig, build);
    const processes = await descendantsOf(build.child.pid ?? 0);
    build.child.kill(signal);
    return { end: await build.ended, processes };
  } finally {
    chain.archive.heal();
  }
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const limit = Date.now() + WAIT_SECONDS * 1000;
  while (!(await condition())) {
    if (Date.now() > limit) throw new Error(`did not come within ${WAIT_SECONDS} s`);
    await sleep(2);
  }
}

/** Bytes of the largest file below a folder whose path matches; -1 without a match. */
async function largest(folder: string, path: RegExp): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = names
    .filter((name) => path.test(name))
    .map(async (name) => (await stat(join(folder, name)).catch(() => ({ size: -1 }))).size);
  return Math.max(-1, ...(await Promise.all(sizes)));
}

const digestFile = (rig: WorkspaceRig, image: string) =>
  join(rig.folder, 'images', image, 'dist/linux-amd64/digest.json');

function digestOf(rig: WorkspaceRig, image: string): Promise<string> {
  return readFile(digestFile(rig, image), 'utf8');
}

async function isBuilt(rig: WorkspaceRig, image: string): Promise<boolean> {
  return stat(digestFile(rig, image)).then(
    () => true,
    () => false,
  );
}
