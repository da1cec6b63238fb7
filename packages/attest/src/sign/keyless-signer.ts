import { generateKeyPairSync, sign } from 'node:crypto';
import { ok, type Result } from '@image-tooling/model';
import type { IdentityProvider, Signature, Signer } from '@sigstore/sign';
import { signatureAnnotations } from '../simple-signing/keyless';
import { signedBundle } from './bundle';
import { caughtSigning } from './failures';
import type { ImageSigner, KeylessSettings } from './signer';

/** Attempts and time limit of a request to Fulcio and Rekor. */
const REQUESTS = { retry: 3, timeout: 30_000 } as const;

/** Opens a signer for the identity of a CI job: a certificate from Fulcio, each signature logged by Rekor. */
export async function keylessSigner(settings: KeylessSettings): Promise<Result<ImageSigner>> {
  const { MessageSignatureBundleBuilder, RekorWitness } = await import('@sigstore/sign');
  const signer = new CertifiedSigner(settings);
  const witness = new RekorWitness({ rekorBaseURL: settings.rekor, entryType: 'dsse', ...REQUESTS });
  const messages = new MessageSignatureBundleBuilder({ signer, witnesses: [witness] });
  return ok({
    policy: settings.policy,
    name: settings.policy.identity,
    signStatement: (statement) => signedBundle(statement, signer, [witness]),
    async signPayload(payload) {
      const bundle = await caughtSigning(() => messages.create({ data: Buffer.from(payload) }));
      return bundle.ok ? ok(signatureAnnotations(bundle.value, settings.policy)) : bundle;
    },
  });
}

/** Fulcio's certificates are valid for 10 minutes. */
const CERTIFICATE_MS = 5 * 60_000;

/** Gets one certificate for many signatures: tokens of CI services live for few minutes. */
class CertifiedSigner implements Signer {
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  private certificate: { readonly key: Signature['key']; readonly until: number } | undefined;

  constructor(private readonly settings: KeylessSettings) {}

  async sign(data: Buffer): Promise<Signature> {
    if (this.certificate && Date.now() < this.certificate.until)
      return { signature: this.signed(data), key: this.certificate.key };
    const { FulcioSigner } = await import('@sigstore/sign');
    const fulcio = new FulcioSigner({
      fulcioBaseURL: this.settings.fulcio,
      identityProvider: await this.identityProvider(),
      keyHolder: { sign: (challenge) => this.withPublicKey(challenge) },
      ...REQUESTS,
    });
    const signature = await fulcio.sign(data);
    this.certificate = { key: signature.key, until: Date.now() + CERTIFICATE_MS };
    return signature;
  }

  private async identityProvider(): Promise<IdentityProvider> {
    const { token } = this.settings;
    if (token !== undefined) return { getToken: async () => token };
    const { CIContextProvider } = await import('@sigstore/sign');
    return new CIContextProvider();
  }

  private async withPublicKey(challenge: Buffer): Promise<Signature> {
    const publicKey = this.keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    return { signature: this.signed(challenge), key: { $case: 'publicKey', publicKey } };
  }

  private signed(data: Buffer): Buffer {
    return sign('sha256', data, this.keys.privateKey);
  }
}
