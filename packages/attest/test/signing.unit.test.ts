import { generateKeyPairSync } from 'node:crypto';
import { digestOf, type Digest, type Result } from '@image-tooling/model';
import { valueOf } from '@image-tooling/testkit/helpers';
import {
  identityToken,
  startSigstore,
  TEST_ISSUER,
  type LocalSigstore,
} from '@image-tooling/testkit/sigstore';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ANNOTATIONS,
  generateKeyPair,
  openSigner,
  openVerifier,
  PREDICATES,
  signedPayload,
  statementBytes,
  type ImageSigner,
  type TrustPolicy,
} from '../src';

const IMAGE = digestOf('an image');
const OTHER = digestOf('another image');
const WHO = 'https://ci.example/team/images/.ci/publish.yml@refs/heads/main';
const STATEMENT = statementBytes(IMAGE, PREDICATES.cyclonedx, { bomFormat: 'CycloneDX', components: [] });
const PAYLOAD = signedPayload(IMAGE, 'registry.example/team/demo');

let sigstore: LocalSigstore;
beforeAll(async () => {
  sigstore = await startSigstore();
});
afterAll(() => sigstore.stop());

const ed25519 = (): string => {
  const { privateKey } = generateKeyPairSync('ed25519');
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
};

const withKey = (privateKey: string, passphrase?: string) =>
  openSigner({ kind: 'key', privateKey, passphrase, from: 'release.key' });

const keyless = (token: string | undefined, identity = WHO) =>
  openSigner({
    kind: 'keyless',
    policy: { kind: 'certificate', identity, issuer: TEST_ISSUER, trustedRoot: sigstore.trustedRoot },
    fulcio: sigstore.fulcio,
    rekor: sigstore.rekor,
    token,
  });

const SIGNERS: Readonly<Record<string, () => Promise<Result<ImageSigner>>>> = {
  'an ECDSA key': () => withKey(generateKeyPair(undefined).privateKey),
  'an encrypted key': () => withKey(generateKeyPair('secret').privateKey, 'secret'),
  'an Ed25519 key': () => withKey(ed25519()),
  'an identity': () => keyless(identityToken(WHO)),
};

/** Verifies what a signer signs, with a policy, after a change. */
async function verified(
  signer: ImageSigner,
  { policy = signer.policy, image = IMAGE, alter = (text: string) => text }: Partial<Trial> = {},
) {
  const verifier = valueOf(await openVerifier(policy));
  const bundle = alter(valueOf(await signer.signStatement(STATEMENT)).toString());
  const annotations = JSON.stringify(valueOf(await signer.signPayload(PAYLOAD)));
  return {
    bundle: await verifier.verifyBundle(Buffer.from(bundle), image),
    payload: await verifier.verifyPayload(
      PAYLOAD,
      JSON.parse(alter(annotations)) as Record<string, string>,
      image,
    ),
  };
}

interface Trial {
  readonly policy: TrustPolicy;
  readonly image: Digest;
  readonly alter: (text: string) => string;
}

const codes = (results: Readonly<Record<string, Result<unknown>>>) =>
  Object.fromEntries(
    Object.entries(results).map(([name, result]) => [name, result.ok ? 'ok' : result.failures[0].code]),
  );

describe.each(Object.entries(SIGNERS))('signed with %s', (_, open) => {
  it('is accepted, and its content comes back unchanged', async () => {
    const signer = valueOf(await open());
    const { bundle, payload } = await verified(signer);
    const statement = valueOf(bundle);
    expect(statement.payload).toEqual(STATEMENT);
    expect(statement.predicateType).toBe(PREDICATES.cyclonedx);
    expect([statement.signer, valueOf(payload)]).toEqual([signer.name, signer.name]);
  });

  it('is refused for another image', async () => {
    const results = await verified(valueOf(await open()), { image: OTHER });
    expect(codes(results)).toEqual({ bundle: 'signature-invalid', payload: 'signature-invalid' });
  });

  it('is refused by the key of somebody else', async () => {
    const policy = { kind: 'key', publicKey: generateKeyPair(undefined).publicKey } as const;
    const results = await verified(valueOf(await open()), { policy });
    expect(codes(results)).toEqual({ bundle: 'unsigned', payload: 'unsigned' });
  });

  it('is refused for an identity that did not sign', async () => {
    const { trustedRoot } = sigstore;
    for (const [identity, issuer] of [
      [WHO.replace('main', 'mai'), TEST_ISSUER],
      [WHO.replaceAll('/', '.'), TEST_ISSUER],
      ['.*', TEST_ISSUER],
      [WHO, 'https://other.example'],
    ] as const) {
      const policy = { kind: 'certificate', identity, issuer, trustedRoot } as const;
      const results = await verified(valueOf(await open()), { policy });
      expect(codes(results)).toEqual({ bundle: 'unsigned', payload: 'unsigned' });
    }
  });

  it('is refused if any part of the statement or a signature was altered', async () => {
    const signer = valueOf(await open());
    const payload = STATEMENT.toString('base64');
    const changed = Buffer.from(STATEMENT.toString().replace('[]', '[1]')).toString('base64');
    const swapped = await verified(signer, { alter: (text) => text.replace(payload, changed) });
    expect(swapped.bundle.ok).toBe(false);
    const flipped = await verified(signer, {
      alter: (text) =>
        text.replace(
          /("(?:sig|dev\.cosignproject\.cosign\/signature)":")(.)/g,
          (_, key: string, first: string) => `${key}${first === 'M' ? 'N' : 'M'}`,
        ),
    });
    expect([flipped.bundle.ok, flipped.payload.ok]).toEqual([false, false]);
  });
});

describe('keyless', () => {
  it('accepts a prefix of an identity only with a star at its end', async () => {
    const signer = valueOf(await keyless(identityToken(WHO), 'https://ci.example/team/images/*'));
    expect(codes(await verified(signer))).toEqual({ bundle: 'ok', payload: 'ok' });
  });

  it('gets one certificate for all signatures of a run', async () => {
    const signer = valueOf(await keyless(identityToken(WHO)));
    const before = sigstore.requests.length;
    for (let count = 0; count < 3; count++) valueOf(await signer.signStatement(STATEMENT));
    const made = sigstore.requests.slice(before);
    expect(made.filter((path) => path.includes('signingCert'))).toHaveLength(1);
    expect(made.filter((path) => path.includes('log/entries'))).toHaveLength(3);
  });

  it('refuses a signature without an entry in the transparency log', async () => {
    const signer = valueOf(await keyless(identityToken(WHO)));
    const bundle = JSON.parse(valueOf(await signer.signStatement(STATEMENT)).toString()) as {
      verificationMaterial: { tlogEntries: unknown[] };
    };
    bundle.verificationMaterial.tlogEntries = [];
    const verifier = valueOf(await openVerifier(signer.policy));
    const result = await verifier.verifyBundle(Buffer.from(JSON.stringify(bundle)), IMAGE);
    expect(codes({ result })).toEqual({ result: 'signature-invalid' });
  });

  it('writes certificate, chain and log entry to a payload', async () => {
    const annotations = valueOf(await valueOf(await keyless(identityToken(WHO))).signPayload(PAYLOAD));
    expect(Object.keys(annotations).sort()).toEqual(Object.values(ANNOTATIONS).sort());
    expect(annotations[ANNOTATIONS.chain]).toMatch(/^-----BEGIN CERTIFICATE-----/);
  });

  it('reports why nothing was signed, without the token', async () => {
    const tries = {
      'no token': await valueOf(await keyless('not.a-token')).signStatement(STATEMENT),
    };
    sigstore.failWith(/signingCert/, 403);
    const refused = await valueOf(await keyless(identityToken(WHO))).signStatement(STATEMENT);
    sigstore.heal();
    sigstore.failWith(/entries/, 400);
    const unlogged = await valueOf(await keyless(identityToken(WHO))).signStatement(STATEMENT);
    sigstore.heal();
    const all = { ...tries, refused, unlogged };
    expect(JSON.stringify(all)).not.toMatch(/a-token|eyJ/);
    expect(all).toMatchSnapshot();
  });
});
