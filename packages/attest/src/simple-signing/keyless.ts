import { X509Certificate } from 'node:crypto';
import type { Bundle, SerializedBundle } from '@sigstore/bundle';
import type { CertificatePolicy } from '../policy';
import { ANNOTATIONS, type SignatureAnnotations } from './payload';

/** The transparency log's entry in an annotation (cosign, pkg/cosign/bundle/rekor.go, RekorBundle). */
interface RekorBundle {
  readonly SignedEntryTimestamp: string;
  readonly Payload: {
    /** Base64. */
    readonly body: string;
    readonly integratedTime: number;
    readonly logIndex: number;
    /** Hexadecimal. */
    readonly logID: string;
  };
}

/** Returns the annotations of a keyless signature, with certificate, chain and the log's entry. */
export function signatureAnnotations(
  { content, verificationMaterial: { content: material, tlogEntries } }: Bundle,
  { trustedRoot }: CertificatePolicy,
): SignatureAnnotations {
  if (content.$case !== 'messageSignature' || material.$case !== 'x509CertificateChain')
    throw new Error('the bundle builder of payloads gave another kind of bundle');
  const leaf = new X509Certificate(material.x509CertificateChain.certificates[0]!.rawBytes);
  const entry = tlogEntries[0];
  const bundle: RekorBundle | undefined = entry?.inclusionPromise && {
    SignedEntryTimestamp: entry.inclusionPromise.signedEntryTimestamp.toString('base64'),
    Payload: {
      body: entry.canonicalizedBody.toString('base64'),
      integratedTime: Number(entry.integratedTime),
      logIndex: Number(entry.logIndex),
      logID: entry.logId.keyId.toString('hex'),
    },
  };
  return {
    [ANNOTATIONS.signature]: content.messageSignature.signature.toString('base64'),
    [ANNOTATIONS.certificate]: leaf.toString(),
    [ANNOTATIONS.chain]: chainOf(leaf, trustedRoot),
    ...(bundle && { [ANNOTATIONS.bundle]: JSON.stringify(bundle) }),
  };
}

/** Returns the certificates above a leaf, as PEM. */
function chainOf(leaf: X509Certificate, trustedRoot: string): string {
  const { certificateAuthorities = [] } = JSON.parse(trustedRoot) as TrustedRootJson;
  const chains = certificateAuthorities.map(({ certChain }) =>
    (certChain?.certificates ?? []).map(
      ({ rawBytes }) => new X509Certificate(Buffer.from(rawBytes, 'base64')),
    ),
  );
  const chain = chains.find(([issuer]) => issuer && leaf.checkIssued(issuer)) ?? [];
  return chain.map((one) => one.toString()).join('');
}

interface TrustedRootJson {
  readonly certificateAuthorities?: readonly {
    readonly certChain?: { readonly certificates?: readonly { readonly rawBytes: string }[] };
  }[];
}

/** Returns the bundle that annotations of a keyless signature stand for; undefined if they are not complete. */
export function bundleOfAnnotations(
  payloadHash: Buffer,
  annotations: SignatureAnnotations,
): SerializedBundle | undefined {
  const { signature, certificate, bundle } = {
    signature: annotations[ANNOTATIONS.signature],
    certificate: certificateIn(annotations),
    bundle: rekorBundle(annotations[ANNOTATIONS.bundle]),
  };
  if (signature === undefined || certificate === undefined || bundle === undefined) return undefined;
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
    verificationMaterial: {
      x509CertificateChain: { certificates: [{ rawBytes: certificate.raw.toString('base64') }] },
      tlogEntries: [logEntry(bundle)],
      timestampVerificationData: undefined,
      publicKey: undefined,
      certificate: undefined,
    },
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: payloadHash.toString('base64') },
      signature,
    },
    dsseEnvelope: undefined,
  };
}

function logEntry({ SignedEntryTimestamp, Payload }: RekorBundle) {
  return {
    logIndex: String(Payload.logIndex),
    logId: { keyId: Buffer.from(Payload.logID, 'hex').toString('base64') },
    kindVersion: { kind: 'hashedrekord', version: '0.0.1' },
    integratedTime: String(Payload.integratedTime),
    inclusionPromise: { signedEntryTimestamp: SignedEntryTimestamp },
    inclusionProof: undefined,
    canonicalizedBody: Payload.body,
  };
}

function certificateIn(annotations: SignatureAnnotations): X509Certificate | undefined {
  try {
    return new X509Certificate(annotations[ANNOTATIONS.certificate] ?? '');
  } catch {
    return undefined;
  }
}

function rekorBundle(text = ''): RekorBundle | undefined {
  try {
    const { SignedEntryTimestamp, Payload } = JSON.parse(text) as Partial<RekorBundle>;
    const isWhole =
      typeof SignedEntryTimestamp === 'string' &&
      typeof Payload?.body === 'string' &&
      typeof Payload.logID === 'string' &&
      Number.isSafeInteger(Payload.logIndex) &&
      Number.isSafeInteger(Payload.integratedTime);
    return isWhole ? { SignedEntryTimestamp, Payload } : undefined;
  } catch {
    return undefined;
  }
}
