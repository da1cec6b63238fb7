import { openVerifier, PREDICATES, type StatementKind, type VerifiedStatement } from '@image-tooling/attest';
import { ok, type Digest, type Json } from '@image-tooling/model';
import { whyNoRegistry } from '@image-tooling/testkit';
import { SILENT, valueOf } from '@image-tooling/testkit/helpers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WantedStatement } from '../../src/attest/attach';
import { readAttached } from '../../src/attest/attached';
import { currentVex } from '../../src/attest/current-vex';
import { newestVex } from '../../src/attest/replaced';
import { signPublished } from '../../src/attest/sign-published';
import type { PublishPlan } from './rig';
import { KEYS, published, referrersOf, signedPlan, verdict, withClient, withKey } from './signed';
import { Surroundings } from './surroundings';

const why = whyNoRegistry();
if (why !== undefined) console.log(`replaced statements: skipped: ${why}`);

const PRODUCTS = [{ '@id': 'pkg:oci/demo@sha256%3Aabc' }];
const NOT_AFFECTED = { status: 'not_affected', justification: 'vulnerable_code_not_present' };
const ignored = (name: string) => ({ vulnerability: { name }, products: PRODUCTS, ...NOT_AFFECTED });
const reviewed = (name: string) => ({
  vulnerability: { name },
  products: PRODUCTS,
  status: 'under_investigation',
});
const vexOf = (...names: readonly string[]) => ({
  '@context': 'https://openvex.dev/ns/v0.2.0',
  '@id': 'urn:image-tooling:vex:0',
  author: 'team',
  timestamp: '2026-01-02T03:04:05Z',
  version: 1,
  statements: names.map(ignored),
});
const attached = (...documents: readonly unknown[]) =>
  documents.map((predicate) => ({ predicateType: PREDICATES.vex, predicate }) as VerifiedStatement);

describe('the current VEX', () => {
  it('is that of the scan if none is attached', () => {
    expect(currentVex(vexOf('CVE-1'), [])).toEqual(vexOf('CVE-1'));
    expect(currentVex(undefined, [])).toBeUndefined();
  });

  it('takes back what was stated before, after it', () => {
    const before = attached(vexOf('CVE-1', 'CVE-2'));
    expect(currentVex(vexOf('CVE-2'), before)).toMatchObject({
      timestamp: '2026-01-02T03:04:06Z',
      version: 2,
      statements: [ignored('CVE-2'), reviewed('CVE-1')],
    });
    expect(currentVex(undefined, before)).toMatchObject({
      author: 'team',
      version: 2,
      statements: [reviewed('CVE-1'), reviewed('CVE-2')],
    });
  });

  it('is the newest by time, then by version', () => {
    const [old, next] = attached(vexOf('CVE-1'), { ...vexOf('CVE-2'), version: 2 });
    const updated = {
      ...vexOf('CVE-3'),
      timestamp: '2020-01-01T00:00:00Z',
      last_updated: '2026-02-01T00:00:00Z',
    };
    expect(newestVex([next!, old!])).toBe(next);
    expect(newestVex(attached(updated, vexOf('CVE-1')))?.predicate).toBe(updated);
  });
});

async function publishedImage(at: Surroundings) {
  const plan = await signedPlan(at);
  await published(plan);
  const reference = `${plan.repository}:1.2.3`;
  const { digest } = (await verdict(reference)).manifests[1]!;
  return { plan, reference, digest };
}

/** Signs one statement about a published manifest. Returns how many were written. */
function signed(plan: PublishPlan, digest: Digest, statement: WantedStatement): Promise<number> {
  return withClient(plan.repository, async (client) => {
    const descriptor = valueOf(await client.headManifest(digest))!;
    const report = await signPublished(client, {
      settings: withKey(KEYS.privateKey),
      subjects: [{ descriptor, label: 'linux/amd64', statements: [statement] }],
      context: { signal: new AbortController().signal, progress: SILENT },
      dryRun: false,
      withOwnClient: (work) => withClient(plan.repository, work),
    });
    return valueOf(report).written;
  });
}

describe.skipIf(why !== undefined)('a statement', () => {
  let at: Surroundings;
  beforeAll(async () => {
    at = await Surroundings.open();
  });
  afterAll(() => at.close());

  it('of an ignore that was removed is taken back in the registry, and can be stated again', async () => {
    const { plan, digest, reference } = await publishedImage(at);
    const sign = (own: Json | undefined) =>
      signed(plan, digest, {
        kind: 'vex',
        rule: 'newest',
        predicate: async (before) => ok(currentVex(own, before)),
      });
    const shown = async () =>
      (await verdict(reference)).manifests[1]?.statements.filter(({ title }) => title === 'VEX');
    const attachments = async () => (await referrersOf(plan, digest)).length;
    const before = await attachments();
    expect(await sign(undefined)).toBe(0);
    for (const own of [vexOf('CVE-1', 'CVE-2'), vexOf('CVE-1'), undefined, vexOf('CVE-1', 'CVE-2')]) {
      expect(await sign(own)).toBe(1);
      expect(await sign(own)).toBe(0);
      expect(await shown()).toEqual([{ title: 'VEX', text: '2 statements' }]);
    }
    // Each replaced the one before.
    expect(await attachments()).toBe(before + 1);
  });

  it('of an SBOM or test report that returns to an earlier content is attached again', async () => {
    const { plan, digest } = await publishedImage(at);
    const sign = (kind: StatementKind, content: Json) =>
      signed(plan, digest, { kind, rule: 'same', predicate: async () => ok(content) });
    const contents = async (kind: StatementKind) => {
      const verifier = valueOf(await openVerifier({ kind: 'key', publicKey: KEYS.publicKey }));
      const found = await withClient(plan.repository, (client) =>
        readAttached(client, { manifest: digest, verifier }),
      );
      const { statements } = valueOf(found);
      return statements
        .filter(({ predicateType }) => predicateType === PREDICATES[kind])
        .map(({ predicate }) => predicate);
    };
    for (const kind of ['spdx', 'tests'] as const)
      for (const content of [{ x: 1 }, { x: 2 }, { x: 1 }]) {
        expect(await sign(kind, content)).toBe(1);
        expect(await sign(kind, content)).toBe(0);
        expect(await contents(kind)).toEqual([content]);
      }
    expect(await contents('provenance')).toHaveLength(1);
  });
});
