import { BUILD_TYPE, type VerifiedStatement } from '@image-tooling/attest';
import type { ImageRecipe } from '@image-tooling/model';
import { describeImage, MEDIA_TYPES } from '@image-tooling/oci';
import { whyNoRegistry } from '@image-tooling/testkit';
import { valueOf } from '@image-tooling/testkit/helpers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { recombined } from '../../src/verify-image/published/recombine';
import { withClient } from './signed';
import { Surroundings } from './surroundings';

const RECIPE: ImageRecipe = {
  platform: 'linux/amd64',
  layers: [],
  config: { env: {}, entrypoint: [], cmd: ['sh'] },
  labels: {},
};
const IMAGE = describeImage(RECIPE);
const PROVENANCE = {
  predicate: { buildDefinition: { buildType: BUILD_TYPE, internalParameters: { recipe: RECIPE } } },
} as unknown as VerifiedStatement;

const why = whyNoRegistry();
if (why !== undefined) console.log(`recombine: skipped: ${why}`);

let at: Surroundings;
beforeAll(async () => {
  if (why === undefined) at = await Surroundings.open();
});
afterAll(() => (why === undefined ? at.close() : undefined));
beforeEach(() => at.proxy.heal());

/** Rebuilds an image without layers, whose config is not in the registry. */
const rebuilt = () =>
  withClient(`${at.proxy.host}/team/no-config`, (client) => {
    const manifest = { mediaType: MEDIA_TYPES.manifest, digest: IMAGE.manifestDigest, bytes: Buffer.of() };
    return recombined(client, { manifest, name: 'linux/amd64' }, [PROVENANCE]);
  });

describe.skipIf(why !== undefined)('the config of a rebuilt image', () => {
  it('is reported as altered if the registry has none', async () => {
    const { problems } = valueOf(await rebuilt());
    expect(problems.map(({ verdict }) => verdict)).toEqual(['altered']);
    expect(problems[0]?.message).toContain('linux/amd64: its config differs: ');
  });

  it('says nothing about the image if the registry refuses to serve it', async () => {
    at.proxy.fault({ path: /\/blobs\//, fault: { kind: 'answer', status: 403 } });
    expect(await rebuilt()).toMatchObject({ ok: false, failures: [{ code: 'registry-auth' }] });
  });
});
