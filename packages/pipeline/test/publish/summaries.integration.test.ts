import {
  generateKeyPair,
  openSigner,
  PREDICATES,
  statementBytes,
  type TrustPolicy,
} from '@image-tooling/attest';
import { whyNoRegistry } from '@image-tooling/testkit';
import { valueOf } from '@image-tooling/testkit/helpers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePlace, yank } from '../../src/registry';
import { verifyImage } from '../../src/verify-image';
import { targetAt, testAccess } from '../registry-images';
import { altered } from './altered-file';
import { attachTo, evilImage, KEYS, published, signedPlan, verdict, withClient, withKey } from './signed';
import { pathOf, Surroundings } from './surroundings';

const why = whyNoRegistry();
if (why !== undefined) console.log(`verification summaries: skipped: ${why}`);

let at: Surroundings;
beforeAll(async () => {
  if (why === undefined) at = await Surroundings.open();
});
afterAll(() => (why === undefined ? at.close() : undefined));

const SECOND = generateKeyPair(undefined);
const VERIFIER = 'https://second.example/verifier';
const publisher: TrustPolicy = { kind: 'key', publicKey: KEYS.publicKey };
const second: TrustPolicy = { kind: 'key', publicKey: SECOND.publicKey };

/** Verifies as the second party does: it attaches what it found. */
const attest = async (reference: string) =>
  valueOf(
    await verifyImage(
      {
        ...{ place: valueOf(parsePlace(reference, '/')), policy: publisher, cwd: '/' },
        attest: { verifier: VERIFIER, signing: withKey(SECOND.privateKey) },
      },
      testAccess(),
    ),
  );

/** Verifies as a user who trusts the second party. */
const asked = async (reference: string, secondParty: TrustPolicy = second) =>
  valueOf(
    await verifyImage(
      { place: valueOf(parsePlace(reference, '/')), policy: publisher, secondParty, cwd: '/' },
      testAccess(),
    ),
  );

describe.skipIf(why !== undefined)('a second party', () => {
  it('attaches what it found, once, and is read with its key only', async () => {
    const plan = await signedPlan(at);
    await published(plan);
    const reference = `${plan.repository}:1.2.3`;
    expect((await asked(reference)).verdict).toBe('incomplete');
    expect(await attest(reference)).toMatchObject({
      verdict: 'verified',
      attested: { written: 2, present: 0 },
    });
    expect((await attest(reference)).attested).toMatchObject({ written: 0, present: 2 });
    const found = await asked(reference);
    expect(found.verdict).toBe('verified');
    const said = found.manifests.map(({ verifications }) => verifications);
    expect(said).toMatchObject([
      [{ verifier: VERIFIER, result: 'PASSED', levels: ['SLSA_BUILD_LEVEL_0'] }],
      [{ verifier: VERIFIER, result: 'PASSED', levels: ['SLSA_BUILD_LEVEL_1'] }],
    ]);
    const stranger = await verdict(reference);
    expect(stranger.verdict).toBe('verified');
    expect(stranger.manifests.map(({ verifications, refused }) => [verifications, refused.length])).toEqual([
      [[], 1],
      [[], 1],
    ]);
    const other: TrustPolicy = { kind: 'key', publicKey: generateKeyPair(undefined).publicKey };
    expect((await asked(reference, other)).verdict).toBe('incomplete');
  });

  it('takes back what it found, and finds it again: the newest counts', async () => {
    const plan = await signedPlan(at);
    await published(plan);
    const reference = `${plan.repository}:1.2.3`;
    await attest(reference);
    const { manifests } = await verdict(reference);
    const bundles = await withClient(plan.repository, async (client) =>
      valueOf(await client.listReferrers(manifests[1]!.digest)),
    );
    const sbom = bundles.find(({ annotations }) =>
      Object.values(annotations).includes(PREDICATES.cyclonedx),
    )!;
    const manifest = at.registry.blobFile(sbom.digest);
    await altered(manifest, async () => {
      const failed = await attest(reference);
      expect([failed.verdict, failed.attested?.written]).toEqual(['invalid', 2]);
    });
    const found = await asked(reference);
    expect(found.verdict).toBe('incomplete');
    expect(found.manifests[1]?.problems).toMatchObject([
      { message: `linux/amd64: ${VERIFIER} says FAILED.` },
    ]);
    expect(found.manifests[1]?.verifications).toMatchObject([{ result: 'FAILED', levels: ['FAILED'] }]);
    expect((await attest(reference)).attested?.written).toBe(2);
    expect((await asked(reference)).verdict).toBe('verified');
  });

  it('can sign nothing but its own findings', async () => {
    const plan = await signedPlan(at);
    const { signing: _, ...unsigned } = plan;
    await published(unsigned);
    const { digest } = (await verdict(`${plan.repository}:1.2.3`)).manifests[1]!;
    const signer = valueOf(await openSigner(withKey(SECOND.privateKey)));
    const bytes = statementBytes(digest, PREDICATES.provenance, {});
    const bundle = valueOf(await signer.signStatement(bytes));
    await withClient(plan.repository, async (client) => {
      const mediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
      const annotations = { 'dev.sigstore.bundle.predicateType': PREDICATES.vsa };
      const content = [{ mediaType, bytes: bundle }];
      const subject = valueOf(await client.headManifest(digest))!;
      valueOf(await client.attach(subject, { artifactType: mediaType, annotations, content }));
    });
    const found = await asked(`${plan.repository}:1.2.3`);
    expect(found.manifests[1]).toMatchObject({ statements: [], verifications: [] });
  });

  it('is not believed about another image', async () => {
    const plan = await signedPlan(at);
    await published(plan);
    const { manifests } = await attest(`${plan.repository}:1.2.3`);
    const evil = await evilImage(at, plan);
    for (const [nth, { digest }] of evil.manifests.entries())
      await attachTo(at, plan, digest, manifests[nth]!.digest);
    const found = await asked(`${plan.repository}:main`);
    expect(found.verdict).toBe('invalid');
    expect(found.manifests.flatMap(({ verifications }) => verifications)).toEqual([]);
  });
});

describe.skipIf(why !== undefined)('a release that was marked as bad', () => {
  it('is verified, with the reasons', async () => {
    const plan = await signedPlan(at);
    await published(plan);
    expect((await verdict(`${plan.repository}:1.2.3`)).yanked).toEqual([]);
    const target = targetAt(at.registry.host, pathOf(plan.repository));
    valueOf(await yank(target, { version: '1.2.3', reason: 'loses data' }));
    expect(await verdict(`${plan.repository}:1.2.3`)).toMatchObject({
      verdict: 'verified',
      yanked: ['loses data'],
    });
  });
});
