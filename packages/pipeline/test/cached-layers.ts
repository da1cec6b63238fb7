import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hexOf, type DigestFile, type LayerFile } from '@image-tooling/model';
import type { WorkspaceRig } from '@image-tooling/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { DIST, type PublishWorkspace } from './publish/workspace';
import { NO_ENGINE, stagingClone, stagingOnly } from './staging-clone';

const OUTPUTS = `tools/greet/${DIST}`;
const PULLED = /greet: pull the tool layer from (\S+) {2}fetched/;

/** What an attacker who can write to the cache may put in place of a layer. */
const FORGERIES: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  'a flipped bit': (bytes) => Buffer.from(bytes.map((byte, at) => (at === 40 ? byte ^ 1 : byte))),
  'a byte less': (bytes) => bytes.subarray(0, -1),
  'a byte more': (bytes) => Buffer.concat([bytes, Buffer.alloc(1)]),
  'another layer': (bytes) => Buffer.from(bytes).reverse(),
  nothing: () => Buffer.alloc(0),
  'a log-in page': () => Buffer.from('<!doctype html><title>Log in</title>'.repeat(100)),
};

/**
 * Layers of tools that a remote cache keeps apart from their results, on a machine that has neither.
 *
 * @param forgeries names of those to try; default: all
 */
export function cachedLayers(
  main: () => PublishWorkspace,
  forgeries: readonly string[] = Object.keys(FORGERIES),
): void {
  it('takes the layer of a tool from the remote cache, if its result came without it', async () => {
    const { rig, cache, load } = await machine(main());
    await writeFile(cache.file, cache.layer);
    expect(await load()).toMatch(PULLED);
    expect((await rig.run(['store', 'verify'])).exitCode).toBe(0);
  });

  it.each(forgeries)('refuses %s in its place, and takes it from staging', async (name) => {
    const { cache, load } = await machine(main());
    await writeFile(cache.file, FORGERIES[name]!(cache.layer));
    const out = await load();
    expect(out).toMatch(/greet: the tool layer can't be pulled: \S+ (gave other bytes|sent more) than/);
    expect(PULLED.exec(out)?.[1]).toContain('/team/staging');
  });

  it('goes on without a cache that has no layer, that is broken, or whose settings are wrong', async () => {
    const { load } = await machine(main());
    expect(PULLED.exec(await load())?.[1]).toContain('/team/staging');
    const down = await machine(main());
    const out = await down.load({ IMAGE_CACHE_URL: 'http://127.0.0.1:9' });
    expect(out).toMatch(/greet: the tool layer can't be pulled: http:\/\/127.0.0.1:9 /);
    const wrong = await machine(main());
    expect(await wrong.load({ IMAGE_CACHE_URL: 'ftp://cache.example' })).toMatch(
      /can't be pulled: "url": expected/,
    );
  });
}

interface Machine {
  readonly rig: WorkspaceRig;
  readonly cache: Cache;
  /** Loads an image with the tool. Returns what is printed. */
  readonly load: (env?: NodeJS.ProcessEnv) => Promise<string>;
}

interface Cache {
  /** The file of the layer. */
  readonly file: string;
  readonly layer: Buffer;
}

/** Returns a fresh clone whose tool has no layer, and its empty remote cache. */
async function machine(main: PublishWorkspace): Promise<Machine> {
  const rig = await stagingClone(main);
  const folder = await mkdtemp(join(tmpdir(), 'image-tooling-layers-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const { layer } = await main.read<LayerFile>(`${OUTPUTS}/layer.json`);
  await rm(join(rig.folder, OUTPUTS, 'layer.blob'));
  const bytes = await readFile(join(main.rig.folder, OUTPUTS, 'layer.blob'));
  const { manifest } = await main.read<DigestFile>(`images/child/${DIST}/digest.json`);
  return {
    rig,
    cache: { file: join(folder, `sha256-${hexOf(layer.digest)}`), layer: bytes },
    async load(env = {}) {
      const out = await rig.must(
        ['load', 'child', '--to=oci:out'],
        stagingOnly(main, { ...NO_ENGINE, IMAGE_CACHE_URL: `file://${folder}`, ...env }),
      );
      expect(out).toContain(`digest ${manifest}`);
      return out;
    },
  };
}
