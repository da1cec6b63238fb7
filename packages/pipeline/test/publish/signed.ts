import {
  generateKeyPair,
  type ImageVerdict,
  type SigningSettings,
  type TrustPolicy,
} from '@image-tooling/attest';
import type { Digest } from '@image-tooling/model';
import { openRepository, parseRepository, type Referrer, type Repository } from '@image-tooling/oci';
import { valueOf } from '@image-tooling/testkit/helpers';
import { parsePlace } from '../../src/registry';
import { verifyImage } from '../../src/verify-image';
import { testAccess } from '../registry-images';
import { runDelivery, type PublishPlan } from './rig';
import type { Surroundings } from './surroundings';

export const KEYS = generateKeyPair(undefined);
const POLICY: TrustPolicy = { kind: 'key', publicKey: KEYS.publicKey };

/** Returns the settings for a key in PEM. */
export const withKey = (privateKey: string): SigningSettings => ({
  kind: 'key',
  privateKey,
  from: 'the test',
});

/** Returns a release of a small generated image for one platform, signed with `KEYS`. */
export const signedPlan = (where: Surroundings, changed: Partial<PublishPlan> = {}): Promise<PublishPlan> =>
  where.plan('1.2.3', {
    layers: { 'linux/amd64': ['app'] },
    layerSize: 1000,
    signing: withKey(KEYS.privateKey),
    ...changed,
  });

/** Publishes it, which must succeed. */
export async function published(plan: PublishPlan) {
  const { signed, unchanged } = valueOf((await runDelivery(plan)).result);
  return { signed, unchanged };
}

/** Verifies an image as a user does. */
export async function verdict(reference: string, policy = POLICY): Promise<ImageVerdict> {
  const place = valueOf(parsePlace(reference, '/'));
  return valueOf(await verifyImage({ place, policy, recombine: false }, testAccess()));
}

/** The verdict, and the reasons for it. */
export const problems = ({ verdict: found, manifests }: ImageVerdict) => ({
  verdict: found,
  problems: manifests.flatMap((one) => one.problems.map(({ message }) => message)),
});

export const referrersOf = ({ repository }: PublishPlan, digest: string): Promise<readonly Referrer[]> =>
  withClient(repository, async (client) => valueOf(await client.listReferrers(digest as Digest)));

/** Runs `work` with a client of its own. */
export async function withClient<T>(
  repository: string,
  work: (client: Repository) => Promise<T>,
): Promise<T> {
  const client = openRepository(valueOf(parseRepository(repository)), {
    env: {},
    signal: new AbortController().signal,
  });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
