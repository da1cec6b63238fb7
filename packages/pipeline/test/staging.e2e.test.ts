import { randomInt } from 'node:crypto';
import { type DigestFile, type LayersFile, type OriginLayer } from '@image-tooling/model';
import { plainRequest, whyNoRegistry } from '@image-tooling/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { cachedLayers } from './cached-layers';
import { completeToolOutputs, freshClone } from './fresh-clone';
import { DIST, PublishWorkspace } from './publish/workspace';

const reason = whyNoRegistry();
if (reason !== undefined) console.warn(`staging: skipped, since ${reason}`);

let main: PublishWorkspace;

const staging = (): NodeJS.ProcessEnv =>
  main.env({ IMAGE_STAGING: `${main.proxy.host}/team/staging`, IMAGE_REGISTRY: '' });
const stage = () => main.rig.must(['build', 'child'], { ...staging(), IMAGE_STAGING_PUSH: 'true' });

/** Deletes as the registry's own cleaning would: the manifest that keeps the layers, and blobs. */
async function deleteFromStaging(layers: readonly OriginLayer[]): Promise<void> {
  for (const tag of await main.tags('team/staging')) {
    const head = await plainRequest(main.registry, 'HEAD', `/v2/team/staging/manifests/${tag}`);
    const digest = String(head.headers['docker-content-digest']);
    await plainRequest(main.registry, 'DELETE', `/v2/team/staging/manifests/${digest}`);
  }
  for (const { digest } of layers) {
    const { status } = await plainRequest(main.registry, 'DELETE', `/v2/team/staging/blobs/${digest}`);
    expect(status).toBe(202);
  }
}

describe.skipIf(reason !== undefined)('half of staging', () => {
  beforeAll(async () => {
    main = await PublishWorkspace.open();
    await completeToolOutputs(main);
    await stage();
  });
  afterAll(() => main.close());

  it.each([1, 2, 3, 4, 5, 6])(
    'may be gone: a hit ends with the recorded digest, and compiles nothing (%i)',
    async () => {
      const { layers } = await main.read<LayersFile>(`images/child/${DIST}/layers.json`);
      const mask = randomInt(1, 2 ** layers.length - 1);
      const gone = layers.filter((_, at) => (mask >> at) % 2 === 1);
      console.log(`gone from staging: ${gone.map(({ kind, owner }) => `${kind} of ${owner}`).join(', ')}`);
      await deleteFromStaging(gone);
      const rig = await freshClone(main);
      onTestFinished(() => rig.remove());
      const out = await rig.must(['load', 'child', '--to=oci:out'], staging());
      const { manifest } = await main.read<DigestFile>(`images/child/${DIST}/digest.json`);
      expect(out).toContain(`digest ${manifest}`);
      expect(out).not.toMatch(/greet: tool layer {2}built/);
      const built = gone.filter(({ kind }) => kind !== 'tool');
      expect(out.match(/: (bootstrap|apt|files) layer {2}built/g) ?? []).toHaveLength(built.length);
      expect((await rig.run(['store', 'verify'])).exitCode).toBe(0);
      expect(await stage()).toContain('stage the');
    },
  );

  cachedLayers(() => main);
});
