import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  generateKeyPair,
  openSigner,
  PREDICATES,
  statementBytes,
  type ImageVerdict,
} from '@image-tooling/attest';
import { valueOf } from '@image-tooling/testkit/helpers';
import { trixiePrograms } from '@image-tooling/testkit/programs';
import { identityToken, startSigstore, TEST_ISSUER } from '@image-tooling/testkit/sigstore';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compiledCosign } from './readers/compiled-cosign';
import { cosign } from './readers/cosign';
import { skopeo } from './readers/skopeo';
import type { Reader } from './readers/types';
import type { PublishPlan } from './rig';
import { parsePlace } from '../../src/registry';
import { verifyImage } from '../../src/verify-image';
import { testAccess } from '../registry-images';
import { attachTo, evilImage, KEYS, published, signedPlan, verdict, withClient, withKey } from './signed';
import { Surroundings } from './surroundings';

/** Programs that take long to get are kept here. */
const PROGRAMS = join(tmpdir(), 'image-tooling-readers');
const OF_TRIXIE = [
  ...['cosign', 'skopeo', 'golang-github-containers-image', 'golang-github-containers-common'],
  ...['libc6', 'libgcc-s1', 'libpcre2-8-0', 'libselinux1', 'libcap2', 'libsystemd0'],
  ...['libgpg-error0', 'libassuan9', 'libgpgme11t64', 'libsqlite3-0'],
];
const HOUR = 3_600_000;

let at: Surroundings;
let readers: readonly Reader[];
let home: string;
beforeAll(async () => {
  at = await Surroundings.open();
  home = await at.store();
  const trixie = await trixiePrograms(OF_TRIXIE);
  readers = [
    await cosign('cosign 3', [await compiledCosign(join(PROGRAMS, 'cosign'))], home),
    await cosign('cosign 2.5', trixie('cosign'), home),
    skopeo(trixie('skopeo'), home),
  ];
}, HOUR);
afterAll(() => at.close());

/** Writes a public key to a file; returns its path. */
async function keyFile(name: string, publicKey: string): Promise<string> {
  const file = join(home, name);
  await writeFile(file, publicKey);
  return file;
}

const imagesOf = ({ repository }: PublishPlan, { manifests }: ImageVerdict): string[] =>
  manifests.map(({ digest }) => `${repository}@${digest}`);

const STATEMENTS = (['provenance', 'cyclonedx', 'tests'] as const).map((kind) => PREDICATES[kind]);

describe('every reader', () => {
  it('accepts an image that was published signed, and refuses it with another key', async () => {
    const plan = await signedPlan(at, { layers: { 'linux/amd64': ['app'], 'linux/arm64': ['app-arm'] } });
    await published(plan);
    const key = await keyFile('right.pub', KEYS.publicKey);
    const other = await keyFile('other.pub', generateKeyPair(undefined).publicKey);
    const images = imagesOf(plan, await verdict(`${plan.repository}:1.2.3`));
    for (const { name, image, statement } of readers)
      for (const reference of images) {
        expect([name, reference, await image(reference, key)]).toEqual([name, reference, '']);
        expect([name, await image(reference, other)]).not.toEqual([name, '']);
        for (const type of reference === images[0] || !statement ? [] : STATEMENTS) {
          expect([name, type, await statement?.(reference, key, type)]).toEqual([name, type, '']);
          expect([name, await statement?.(reference, other, type)]).not.toEqual([name, '']);
        }
      }
  });

  it('refuses an unsigned image, also with everything that belongs to another one', async () => {
    const plan = await signedPlan(at);
    await published(plan);
    const key = await keyFile('right.pub', KEYS.publicKey);
    const good = await verdict(`${plan.repository}:1.2.3`);
    const evil = await evilImage(at, plan);
    const refuse = async () => {
      for (const { name, image, statement } of readers)
        for (const reference of imagesOf(plan, evil)) {
          expect([name, await image(reference, key)]).not.toEqual([name, '']);
          for (const type of statement ? STATEMENTS : [])
            expect([name, await statement?.(reference, key, type)]).not.toEqual([name, '']);
        }
    };
    await refuse();
    for (const [nth, { digest }] of evil.manifests.entries())
      await attachTo(at, plan, digest, good.manifests[nth]!.digest);
    await refuse();
    expect((await verdict(`${plan.repository}:main`)).verdict).toBe('invalid');
  });

  it('accepts the verification summary of a second party, with its key', async () => {
    const plan = await signedPlan(at);
    await published(plan);
    const place = valueOf(parsePlace(`${plan.repository}:1.2.3`, '/'));
    const second = generateKeyPair(undefined);
    const attest = { verifier: 'https://second.example/verifier', signing: withKey(second.privateKey) };
    const policy = { kind: 'key', publicKey: KEYS.publicKey } as const;
    const verified = valueOf(await verifyImage({ place, policy, attest, cwd: '/' }, testAccess()));
    const key = await keyFile('second.pub', second.publicKey);
    const other = await keyFile('right.pub', KEYS.publicKey);
    for (const { name, statement } of readers)
      for (const reference of statement ? imagesOf(plan, verified) : []) {
        expect([name, await statement?.(reference, key, PREDICATES.vsa)]).toEqual([name, '']);
        expect([name, await statement?.(reference, other, PREDICATES.vsa)]).not.toEqual([name, '']);
      }
  });

  it('accepts the signature of an identity, and refuses another identity', async () => {
    const sigstore = await startSigstore();
    try {
      const { fulcio, rekor, trustedRoot } = sigstore;
      const identity = 'https://ci.example/team/images@refs/heads/main';
      const policy = { kind: 'certificate', identity, issuer: TEST_ISSUER, trustedRoot } as const;
      const signing = { kind: 'keyless', policy, fulcio, rekor, token: identityToken(identity) } as const;
      const plan = await signedPlan(at, { signing });
      await published(plan);
      const other = { ...policy, identity: 'https://ci.example/fork' };
      for (const { name, identity: check } of readers)
        for (const reference of check
          ? imagesOf(plan, await verdict(`${plan.repository}:1.2.3`, policy))
          : []) {
          expect([name, await check?.(reference, policy)]).toEqual([name, '']);
          expect([name, await check?.(reference, other)]).not.toEqual([name, '']);
        }
    } finally {
      await sigstore.stop();
    }
  });

  it('refuses a statement that was altered after it was signed', async () => {
    const plan = await signedPlan(at);
    const { signing: _, ...unsigned } = plan;
    await published(unsigned);
    const { digest } = (await verdict(`${plan.repository}:1.2.3`)).manifests[1]!;
    const signer = valueOf(await openSigner({ kind: 'key', privateKey: KEYS.privateKey, from: 'the test' }));
    const statement = statementBytes(digest, PREDICATES.cyclonedx, {
      bomFormat: 'CycloneDX',
      components: [],
    });
    const bundle = valueOf(await signer.signStatement(statement)).toString();
    const more = Buffer.from(statement.toString().replace('[]', '[{}]')).toString('base64');
    const altered = bundle.replace(statement.toString('base64'), more);
    expect(altered).not.toBe(bundle);
    await withClient(plan.repository, async (client) => {
      const subject = valueOf(await client.headManifest(digest));
      const mediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
      const content = [{ mediaType, bytes: Buffer.from(altered) }];
      const annotations = { 'dev.sigstore.bundle.predicateType': PREDICATES.cyclonedx };
      valueOf(await client.attach(subject!, { artifactType: mediaType, annotations, content }));
    });
    const key = await keyFile('right.pub', KEYS.publicKey);
    for (const { name, statement: check } of readers)
      if (check)
        expect([name, await check(`${plan.repository}@${digest}`, key, PREDICATES.cyclonedx)]).not.toEqual([
          name,
          '',
        ]);
    expect((await verdict(`${plan.repository}:1.2.3`)).manifests[1]?.refused).toHaveLength(1);
  });
});
