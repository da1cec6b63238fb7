import { generateKeyPair, signatureTag } from '@image-tooling/attest';
import { rawManifest, whyNoRegistry } from '@image-tooling/testkit';
import { valueOf } from '@image-tooling/testkit/helpers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyBetween, parsePlace, prune, rollback, yank } from '../../src/registry';
import { targetAt, testAccess } from '../registry-images';
import { altered, flipped } from './altered-file';
import type { PublishPlan } from './rig';
import { attachTo, evilImage, problems, published, referrersOf, signedPlan, verdict } from './signed';
import { pathOf, Surroundings } from './surroundings';

const why = whyNoRegistry();
if (why !== undefined) console.log(`signed images: skipped: ${why}`);

let at: Surroundings;
beforeAll(async () => {
  if (why === undefined) at = await Surroundings.open();
});
afterAll(() => (why === undefined ? at.close() : undefined));

describe.skipIf(why !== undefined)('what was changed in the registry', () => {
  const signed = async () => {
    const plan = await signedPlan(at);
    await published(plan);
    return plan;
  };

  it('is not verified with the key of somebody else', async () => {
    const plan = await signed();
    const { publicKey } = generateKeyPair(undefined);
    const found = await verdict(`${plan.repository}:1.2.3`, { kind: 'key', publicKey });
    expect(found.verdict).toBe('unsigned');
  });

  it('is not verified if a tag points to another image', async () => {
    const plan = await signed();
    expect((await evilImage(at, plan)).verdict).toBe('unsigned');
  });

  it('is not verified if signature, SBOM or any other bundle was altered on the disk of the registry', async () => {
    const plan = await signed();
    const { manifests } = await verdict(`${plan.repository}:1.2.3`);
    const platform = manifests[1]?.digest ?? '';
    for (const { digest, annotations } of await referrersOf(plan, platform)) {
      const raw = await rawManifest(at.registry, pathOf(plan.repository), digest);
      const { layers } = JSON.parse(String(raw?.bytes)) as { layers: { digest: string }[] };
      await altered(at.registry.blobFile(String(layers[0]?.digest)), async () => {
        const found = await verdict(`${plan.repository}:1.2.3`);
        const isSignature = annotations['dev.sigstore.bundle.predicateType']?.includes('cosign') === true;
        // The signature is in the .sig tag, too.
        expect(found.verdict).toBe(isSignature ? 'verified' : 'invalid');
        expect(found.manifests[1]?.refused).toHaveLength(1);
      });
    }
  });

  it('is verified by its bundle if the payload in its .sig tag is damaged', async () => {
    const plan = await signed();
    const { manifests } = await verdict(`${plan.repository}:1.2.3`);
    const tag = signatureTag(manifests[1]!.digest);
    const raw = await rawManifest(at.registry, pathOf(plan.repository), tag);
    const { layers } = JSON.parse(String(raw?.bytes)) as { layers: { digest: string }[] };
    const file = at.registry.blobFile(String(layers[0]?.digest));
    for (const change of [flipped, (bytes: Buffer) => bytes.subarray(1)])
      await altered(
        file,
        async () => {
          const found = await verdict(`${plan.repository}:1.2.3`);
          expect(problems(found)).toEqual({ verdict: 'verified', problems: [] });
          expect(found.manifests[1]).toMatchObject({
            signature: { bundle: true, tag: false },
            refused: { length: 1 },
          });
        },
        change,
      );
  });

  it('is not verified if the bundles of one image are attached to another', async () => {
    const plan = await signed();
    const { manifests } = await verdict(`${plan.repository}:1.2.3`);
    const evil = await evilImage(at, plan);
    for (const [nth, { digest }] of evil.manifests.entries())
      await attachTo(at, plan, digest, manifests[nth]!.digest);
    const found = await verdict(`${plan.repository}:main`);
    expect(found.verdict).toBe('invalid');
    expect(found.manifests.map(({ signer, refused }) => [signer, refused.length])).toEqual([
      [undefined, 2],
      [undefined, 5],
    ]);
  });
});

describe.skipIf(why !== undefined)('registry commands', () => {
  it('copy signatures and statements to a mirror and to a folder, which are verified there', async () => {
    const plan = await signedPlan(at);
    await published(plan);
    const folder = `oci:${await at.store()}/layout`;
    const mirror = `${at.proxy.host}/mirror/${pathOf(plan.repository)}`;
    const hops = [
      [`${plan.repository}:1.2.3`, folder],
      [folder, `${mirror}:1.2.3`],
    ] as const;
    for (const [from, to] of hops) {
      const request = { from: valueOf(parsePlace(from, '/')), to: valueOf(parsePlace(to, '/')) };
      valueOf(await copyBetween(request, testAccess()));
      const found = await verdict(to);
      expect(problems(found)).toEqual({ verdict: 'verified', problems: [] });
      expect(found.manifests.every(({ signature }) => signature.bundle && signature.tag)).toBe(true);
    }
  });

  it('yank and rollback leave them as they are, and take no .sig tag for a release', async () => {
    const plan = await signedPlan(at);
    await published(plan);
    const next = {
      ...plan,
      layers: { 'linux/amd64': ['next'] },
      mode: { kind: 'release', version: '1.2.4' },
    } as const;
    await published(next);
    const before = await at.tags(plan);
    const target = targetAt(at.registry.host, pathOf(plan.repository));
    const { aliases } = valueOf(await yank(target, { version: '1.2.4', reason: 'bad' }));
    expect(aliases.map(({ backTo }) => backTo)).toEqual(['1.2.3', '1.2.3', '1.2.3']);
    valueOf(await rollback(target, '1.2.3'));
    expect((await at.tags(plan)).sort()).toEqual(before.sort());
    for (const tag of ['1.2.3', '1.2.4', 'latest'])
      expect(problems(await verdict(`${plan.repository}:${tag}`)).verdict).toBe('verified');
  });

  it('prune removes them with their image, and keeps those of others', async () => {
    const plan = await signedPlan(at);
    await published(plan);
    const branch = await signedPlan(at, {
      layers: { 'linux/amd64': ['branch'] },
      mode: { kind: 'branch', branch: 'old', slug: 'old' },
    });
    await published({ ...branch, repository: plan.repository });
    const path = pathOf(plan.repository);
    const kept = [...(await attachedTags(plan, '1.2.3')), '1', '1.2', '1.2.3', 'latest'];
    expect((await at.tags(plan)).length).toBeGreaterThan(kept.length);
    valueOf(await prune(targetAt(at.registry.host, path), { apply: true }));
    expect((await at.tags(plan)).sort()).toEqual(kept.sort());
    expect(problems(await verdict(`${plan.repository}:1.2.3`)).verdict).toBe('verified');
  });
});
/** Returns the tags of what is attached to an image: lists of referrers, and `.sig` tags. */
async function attachedTags(plan: PublishPlan, tag: string): Promise<string[]> {
  const { manifests } = await verdict(`${plan.repository}:${tag}`);
  const lists = manifests.map(({ digest }) => digest.replace(':', '-'));
  return lists.flatMap((list) => [list, `${list}.sig`]);
}
