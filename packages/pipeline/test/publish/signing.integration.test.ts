import { generateKeyPair, openSigner, openVerifier, type TrustPolicy } from '@image-tooling/attest';
import type { ManifestBytes } from '@image-tooling/oci';
import { whyNoRegistry, type FaultProxyOptions } from '@image-tooling/testkit';
import { SILENT, valueOf } from '@image-tooling/testkit/helpers';
import { identityToken, startSigstore, TEST_ISSUER } from '@image-tooling/testkit/sigstore';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { attachMissing, missingOf } from '../../src/attest/attach';
import { runDelivery, type PublishPlan } from './rig';
import { KEYS, problems, published, referrersOf, signedPlan, verdict, withClient, withKey } from './signed';
import { Surroundings } from './surroundings';

/** Of a platform: signature, provenance, SBOM, tests, `.sig` tag; of the index: signature and `.sig` tag. */
const WRITTEN = 5 + 2;
const WHO = 'https://ci.example/team/images/.ci/publish.yml@refs/heads/main';
const ALL_TAGS = ['1', '1.2', '1.2.3', 'latest'];
/** Stops at every eighth write: at a bundle, a list of referrers, a `.sig` tag. */
const STRIDE = 8;
const why = whyNoRegistry();
if (why !== undefined) console.log(`signing: skipped: ${why}`);

let at: Surroundings;
beforeAll(async () => {
  if (why === undefined) at = await Surroundings.open();
});
afterAll(() => (why === undefined ? at.close() : undefined));
beforeEach(() => {
  at.proxy.heal();
  at.proxy.forget();
});

describe.skipIf(why !== undefined)('a signed publish', () => {
  it('signs index and platforms, is verified, and writes nothing the second time', async () => {
    const layers = { 'linux/amd64': ['app'], 'linux/arm64': ['app-arm'] };
    const plan = await signedPlan(at, { layers });
    const written = WRITTEN + 5;
    expect((await published(plan)).signed).toMatchObject({ written, present: 0 });
    const found = await verdict(`${plan.repository}:1.2.3`);
    expect(problems(found)).toEqual({ verdict: 'verified', problems: [] });
    expect(found.manifests.map(({ name, signature }) => [name, signature])).toEqual(
      ['index', 'linux/amd64', 'linux/arm64'].map((name) => [name, { bundle: true, tag: true }]),
    );
    at.proxy.forget();
    expect(await published(plan)).toMatchObject({
      signed: { written: 0, present: written },
      unchanged: true,
    });
    expect(at.proxy.asked({ method: /PUT|POST|PATCH/ })).toEqual([]);
  });

  it('signs what was published unsigned before, and attaches an SBOM again only if it has changed', async () => {
    const plan = await signedPlan(at);
    const { signing: _, ...unsigned } = plan;
    expect(await published(unsigned)).toEqual({ signed: undefined, unchanged: false });
    expect(problems(await verdict(`${plan.repository}:1.2.3`)).verdict).toBe('unsigned');
    expect((await published(plan)).signed?.written).toBe(WRITTEN);
    const changed = { ...plan, sbom: { bomFormat: 'CycloneDX', specVersion: '1.6', components: [] } };
    expect((await published(changed)).signed).toMatchObject({ written: 1, present: WRITTEN - 1 });
  });

  it('keeps the signatures of others in the .sig tag', async () => {
    const plan = await signedPlan(at);
    await published(plan);
    const other = generateKeyPair(undefined);
    await published({ ...plan, signing: withKey(other.privateKey) });
    const policies = [KEYS, other].map(({ publicKey }): TrustPolicy => ({ kind: 'key', publicKey }));
    for (const policy of policies) {
      const found = await verdict(`${plan.repository}:1.2.3`, policy);
      expect(problems(found)).toEqual({ verdict: 'verified', problems: [] });
      expect(found.manifests.every(({ signature: { tag } }) => tag)).toBe(true);
    }
  });

  it('signs with an identity, keeps what it has signed, and refuses another identity', async () => {
    const sigstore = await startSigstore();
    try {
      const { fulcio, rekor, trustedRoot } = sigstore;
      const policy = { kind: 'certificate', identity: WHO, issuer: TEST_ISSUER, trustedRoot } as const;
      const token = identityToken(WHO);
      const plan = await signedPlan(at, { signing: { kind: 'keyless', policy, fulcio, rekor, token } });
      expect((await published(plan)).signed).toEqual({ signer: WHO, written: WRITTEN, present: 0 });
      const entries = sigstore.requests.length;
      expect((await published(plan)).signed).toMatchObject({ written: 0, present: WRITTEN });
      expect(sigstore.requests).toHaveLength(entries);
      const found = await verdict(`${plan.repository}:1.2.3`, policy);
      expect(problems(found)).toEqual({ verdict: 'verified', problems: [] });
      expect(found.manifests.every(({ signature }) => signature.bundle && signature.tag)).toBe(true);
      const other = { ...policy, identity: 'https://ci.example/other' };
      expect((await verdict(`${plan.repository}:1.2.3`, other)).verdict).toBe('unsigned');
    } finally {
      await sigstore.stop();
    }
  });

  it('publishes nothing if the certificate is for another identity than nx.json says', async () => {
    const sigstore = await startSigstore();
    try {
      const { fulcio, rekor, trustedRoot } = sigstore;
      const policy = { kind: 'certificate', identity: WHO, issuer: TEST_ISSUER, trustedRoot } as const;
      const token = identityToken('https://ci.example/fork');
      const plan = await signedPlan(at, {
        signing: { kind: 'keyless', policy, fulcio, rekor, token },
      });
      const { result } = await runDelivery(plan);
      expect(result).toMatchObject({ failures: [{ code: 'signing-failed' }] });
      expect(await at.tags(plan)).toEqual([]);
    } finally {
      await sigstore.stop();
    }
  });

  it('writes nothing in a dry run, and says what it would write', async () => {
    const plan = await signedPlan(at, { dryRun: true });
    expect((await published(plan)).signed).toMatchObject({ written: WRITTEN, present: 0 });
    expect(await at.tags(plan)).toEqual([]);
  });

  it('tags nothing if it is stopped while it signs, and the next run ends well', async () => {
    const puts = async (plan: PublishPlan) => {
      at.proxy.forget();
      await published(plan);
      return at.proxy.asked({ method: 'PUT' }).length;
    };
    const { signing: _, ...unsigned } = await signedPlan(at);
    const tags = ALL_TAGS.length;
    const before = (await puts(unsigned)) - tags;
    const end = (await puts(await signedPlan(at))) - tags;
    expect(end - before).toBeGreaterThan(WRITTEN);
    for (let nth = before + 1; nth <= end; nth += STRIDE) {
      const plan = await signedPlan(at);
      at.proxy.fault({ method: 'PUT', nth, fault: { kind: 'answer', status: 405 } });
      expect((await runDelivery(plan)).result.ok).toBe(false);
      expect(await at.tags(plan)).not.toContain('1.2.3');
      at.proxy.heal();
      const { signed } = await published(plan);
      expect((signed?.written ?? 0) + (signed?.present ?? 0)).toBe(WRITTEN);
      const found = await verdict(`${plan.repository}:1.2.3`);
      expect(problems(found)).toEqual({ verdict: 'verified', problems: [] });
      for (const { digest, name } of found.manifests)
        expect(await referrersOf(plan, digest)).toHaveLength(name === 'index' ? 1 : 4);
    }
  });
});

/** Ways of registries with referrers: all of distribution 2.8 (404), and an API that always lists nothing. */
const WAYS: Readonly<Record<string, FaultProxyOptions>> = {
  'answers 404': {},
  'lists nothing': {
    steps: [
      async (exchange, next) => {
        if (!exchange.record.path.includes('/referrers/')) return next();
        exchange.response.writeHead(200, { 'content-type': 'application/vnd.oci.image.index.v1+json' });
        exchange.response.end('{"schemaVersion":2,"manifests":[]}');
      },
    ],
  },
};

describe.skipIf(why !== undefined).each(Object.entries(WAYS))(
  'a registry whose referrers API %s',
  (way, proxied) => {
    let there: Surroundings;
    beforeAll(async () => {
      there = await Surroundings.around(at.registry, proxied);
    });
    afterAll(() => there.proxy.stop());

    it('keeps what twelve signers attach at once', async () => {
      const layers = { 'linux/amd64': ['one'] };
      const repository = `${there.proxy.host}/twelve/signers-${Object.keys(WAYS).indexOf(way)}`;
      const plan = await there.plan('1.2.3', { layers, layerSize: 1000, repository });
      const { index } = valueOf((await runDelivery(plan)).result);
      const keys = Array.from({ length: 12 }, () => generateKeyPair(undefined));
      await Promise.all(keys.map(({ privateKey }) => attachAs(privateKey, plan.repository, index)));
      expect(await referrersOf(plan, index.digest)).toHaveLength(12);
      for (const { publicKey } of [keys[0]!, keys[11]!]) {
        const found = await verdict(`${plan.repository}:1.2.3`, { kind: 'key', publicKey });
        expect(found.manifests[0]).toMatchObject({ signature: { bundle: true }, refused: { length: 11 } });
      }
    });
  },
);

/** Attaches a signature with a client of its own. */
async function attachAs(privateKey: string, repository: string, { digest }: ManifestBytes): Promise<void> {
  const signer = valueOf(await openSigner({ kind: 'key', privateKey, from: 'the test' }));
  const verifier = valueOf(await openVerifier(signer.policy));
  await withClient(repository, async (client) => {
    const descriptor = valueOf(await client.headManifest(digest));
    if (!descriptor) throw new Error(`no ${digest}`);
    const subject = { descriptor, label: 'the index', statements: [] };
    const missing = valueOf(await missingOf(client, subject, verifier));
    const context = { signal: new AbortController().signal, progress: SILENT };
    valueOf(await attachMissing(client, { ...missing, tag: false }, { signer, verifier, context }));
  });
}
