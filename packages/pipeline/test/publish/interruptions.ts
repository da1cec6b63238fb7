import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hexOf, type LayersFile } from '@image-tooling/model';
import {
  leftoversOf,
  startFaultProxy,
  wholeAt,
  type FaultProxy,
  type RequestMatch,
} from '@image-tooling/testkit';
import { expect, it } from 'vitest';
import { NOTHING } from '../chain';
import { DIST, type PublishWorkspace } from './workspace';

/** Bytes of the largest layer that are sent before Ctrl-C. */
const PUSHED_BYTES = 1_000_000;
/**
 * Milliseconds from Ctrl-C to the end: two seconds for a registry that is slow to forget an upload, on a busy
 * machine.
 */
const LONGEST_STOP = 10_000;

/** Stops and damage in the middle, and the next run. */
export function interruptions(workspace: () => PublishWorkspace): void {
  const whole = async (repository: string) => {
    for (const tag of await workspace().tags(repository))
      expect(await wholeAt(workspace().registry, repository, tag)).toEqual([]);
  };

  /** Returns the hash of a layer's blob. */
  async function layerOf(image: string, kind: string): Promise<string> {
    const { layers } = await workspace().read<LayersFile>(`images/${image}/${DIST}/layers.json`);
    const layer = layers.find((one) => one.kind === kind);
    if (!layer) throw new Error(`${image} has no ${kind} layer`);
    return hexOf(layer.digest);
  }

  it('tags nothing and cancels its uploads if it is stopped during a push; the next run succeeds', async () => {
    const { rig, registry } = workspace();
    // A new address, so that nothing is mounted.
    const proxy = await startFaultProxy(registry);
    const env = { IMAGE_REGISTRY: `${proxy.host}/stopped` };
    try {
      const started = rig.start(['publish', 'base'], workspace().env(env));
      const stopped = { at: 0 };
      const work = () => {
        stopped.at = Date.now();
        started.child.kill('SIGINT');
        return started.ended;
      };
      const path = new RegExp(await layerOf('base', 'bootstrap'));
      proxy.fault({ method: 'PUT', path, fault: { kind: 'run', when: { afterBytes: PUSHED_BYTES }, work } });
      const { exitCode, stderr } = await started.ended;
      expect(Date.now() - stopped.at).toBeLessThan(LONGEST_STOP);
      expect(stderr).toBe('Stopped. Finished steps are kept: run the same command to continue.\n');
      expect(exitCode).toBe(130);
      expect(await workspace().tags('stopped/base')).toEqual([]);
      expect(proxy.asked({ method: 'PUT', path: /manifests/ })).toEqual([]);
      expect(unfinished(proxy)).toEqual([]);
      expect(await leftoversOf(rig.store)).toEqual(NOTHING);
      proxy.heal();
      await workspace().mustPublish(['base'], env);
      expect(await workspace().tags('stopped/base')).toContain('main');
      await whole('stopped/base');
    } finally {
      await proxy.stop();
    }
  });

  it('refuses a blob that was altered on disk, removes it, and the next run makes it again', async () => {
    const { rig, registry } = workspace();
    const env = { IMAGE_REGISTRY: `${registry.host}/altered` };
    const file = join(rig.store, 'blobs/sha256', await layerOf('child', 'apt'));
    const bytes = await readFile(file);
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
    await writeFile(file, bytes);
    const { exitCode, stderr } = await workspace().publish(['child'], env);
    expect(exitCode).toBe(1);
    expect(workspace().seen(stderr)).toMatchSnapshot();
    expect(existsSync(file)).toBe(false);
    expect(await workspace().tags('altered/child')).toEqual([]);
    expect(await workspace().mustPublish(['child'], env)).toMatch(/child: apt layer +built/);
    expect(await workspace().tags('altered/child')).toContain('main');
    await whole('altered/child');
  });
}

/**
 * Uploads that were neither finished nor cancelled. docker-registry 2.8 ignores a cancellation while it is
 * still reading.
 */
function unfinished(proxy: FaultProxy): string[] {
  const ids = (match: RequestMatch, isDone: (status?: number) => boolean = () => true) =>
    proxy
      .asked({ ...match, path: /uploads\/./ })
      .filter(({ status }) => isDone(status))
      .map(({ path }) => path);
  const done = [...ids({ method: 'PUT' }, (status) => status === 201), ...ids({ method: 'DELETE' })];
  return ids({ method: 'PUT' }).filter((path) => !done.includes(path));
}
