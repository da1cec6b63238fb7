import {
  generateKeyPair,
  signatureTag,
  type ImageVerdict,
  type SigningSettings,
  type TrustPolicy,
} from '@image-tooling/attest';
import { digestOf, type Digest } from '@image-tooling/model';
import { openRepository, parseRepository, type Referrer, type Repository } from '@image-tooling/oci';
import { pushPlainManifest, rawManifest } from '@image-tooling/testkit';
import { valueOf } from '@image-tooling/testkit/helpers';
import { parsePlace } from '../../src/registry';
import { verifyImage } from '../../src/verify-image';
import { testAccess } from '../registry-images';
import { runDelivery, type PublishPlan } from './rig';
import { pathOf, type Surroundings } from './surroundings';

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
  return valueOf(await verifyImage({ place, policy, cwd: '/' }, testAccess()));
}

/** The verdict, and the reasons for it. */
export const problems = ({ verdict: found, manifests }: ImageVerdict) => ({
  verdict: found,
  problems: manifests.flatMap((one) => one.problems.map(({ message }) => message)),
});

export const referrersOf = ({ repository }: PublishPlan, digest: string): Promise<readonly Referrer[]> =>
  withClient(repository, async (client) => valueOf(await client.listReferrers(digest as Digest)));

/** Publishes an unsigned image next to a signed one. Returns the verdict on it. */
export async function evilImage(where: Surroundings, { repository }: PublishPlan): Promise<ImageVerdict> {
  const plan = await signedPlan(where, { layers: { 'linux/amd64': ['evil'] } });
  const { signing: _, ...unsigned } = plan;
  await published({ ...unsigned, repository, mode: { kind: 'main' } });
  return verdict(`${repository}:main`);
}

/** Attaches the signatures and statements of one manifest to another, as somebody with write access could. */
export async function attachTo(
  { registry }: Surroundings,
  plan: PublishPlan,
  to: Digest,
  from: Digest,
): Promise<void> {
  const path = pathOf(plan.repository);
  const subject = await rawManifest(registry, path, to);
  const jsonOf = async (reference: string) =>
    JSON.parse(String((await rawManifest(registry, path, reference))?.bytes)) as Record<string, unknown>;
  for (const { digest, mediaType } of await referrersOf(plan, from)) {
    const row = { mediaType: subject?.mediaType, digest: to, size: subject?.bytes.length };
    const bytes = Buffer.from(JSON.stringify({ ...(await jsonOf(digest)), subject: row }));
    await withClient(plan.repository, async (client) =>
      valueOf(await client.putManifest({ mediaType, digest: digestOf(bytes), bytes })),
    );
  }
  await pushPlainManifest(registry, path, await jsonOf(signatureTag(from)), signatureTag(to));
}

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
