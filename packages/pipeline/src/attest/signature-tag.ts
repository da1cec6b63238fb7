import { retry } from '@image-tooling/host';
import {
  canonicalJson,
  digestOf,
  fail,
  jsonObject,
  ok,
  stringMembers,
  type Digest,
  type Failure,
  type Result,
  type RunContext,
} from '@image-tooling/model';
import {
  PAYLOAD_MEDIA_TYPE,
  signatureTag,
  signedPayload,
  type ImageSigner,
  type SignatureAnnotations,
  type Verifier,
} from '@image-tooling/attest';
import {
  bytesBlob,
  manifestContent,
  MEDIA_TYPES,
  repositoryText,
  type Descriptor,
  type ManifestBytes,
  type Repository,
} from '@image-tooling/oci';
import { isOfAttachment } from './attached';
import { readBlob } from './read-blob';

/** A signature in a `.sig` tag: a layer of its manifest, with annotations. */
interface SignatureLayer extends Descriptor {
  readonly annotations: SignatureAnnotations;
}

/** What writes and checks signatures. */
export interface Signing {
  readonly signer: ImageSigner;
  readonly verifier: Verifier;
  readonly context: RunContext;
}

/** What the `.sig` tag of a manifest holds. */
export interface TaggedSignatures {
  readonly layers: readonly SignatureLayer[];
  /** Names of trusted signers. */
  readonly signers: readonly string[];
  /** Why the others are not trusted. */
  readonly refused: readonly Failure[];
}

/** Reads and verifies the signatures in the `.sig` tag of a manifest. Fails as the repository does. */
export async function readSignatures(
  repository: Repository,
  manifest: Digest,
  verifier: Verifier,
): Promise<Result<TaggedSignatures>> {
  const found = await repository.getManifest(signatureTag(manifest));
  if (!found.ok) return found;
  const layers = found.value ? layersIn(found.value) : [];
  const signers: string[] = [];
  const refused: Failure[] = [];
  for (const layer of layers.filter(({ mediaType }) => mediaType === PAYLOAD_MEDIA_TYPE)) {
    const payload = await readBlob(repository, layer);
    const checked = payload.ok
      ? await verifier.verifyPayload(payload.value, layer.annotations, manifest)
      : payload;
    if (checked.ok) signers.push(checked.value);
    else if (isOfAttachment(checked.failures[0])) refused.push(checked.failures[0]);
    else return checked;
  }
  return ok({ layers, signers, refused });
}

/** Attempts to write a tag that others write too. */
const TRIES = 5;

/**
 * Adds a signature to the `.sig` tag of a manifest, next to those of others, and reads it back. Fails with
 * `signing-failed`, and as the repository does.
 */
export async function writeSignature(
  repository: Repository,
  manifest: Digest,
  { signer, verifier, context: { signal } }: Signing,
): Promise<Result<void>> {
  const payload = signedPayload(manifest, repositoryText(repository.name));
  const annotations = await signer.signPayload(payload);
  if (!annotations.ok) return annotations;
  const checked = await verifier.verifyPayload(payload, annotations.value, manifest);
  if (!checked.ok) return notTrusted(signer, checked.failures[0]);
  const own: SignatureLayer = {
    mediaType: PAYLOAD_MEDIA_TYPE,
    digest: digestOf(payload),
    size: payload.length,
    annotations: annotations.value,
  };
  const pushed = await repository.pushBlob(bytesBlob(payload));
  if (!pushed.ok) return pushed;
  const { outcome } = await retry(
    (tries) => writeOnce(repository, manifest, { own, verifier }, tries),
    (written) => (written.ok && !written.value ? 0 : undefined),
    signal,
  );
  return outcome.ok ? ok(undefined) : outcome;
}

/** Returns whether a trusted signature is there. If not, writes it; the next attempt checks it. */
async function writeOnce(
  repository: Repository,
  manifest: Digest,
  { own, verifier }: { readonly own: SignatureLayer; readonly verifier: Verifier },
  tries: number,
): Promise<Result<boolean>> {
  const there = await readSignatures(repository, manifest, verifier);
  if (!there.ok) return there;
  if (there.value.signers.length > 0) return ok(true);
  if (tries > TRIES) return replaced(repository, manifest);
  const put = await putSignatures(repository, manifest, [...there.value.layers, own]);
  return put.ok ? ok(false) : put;
}

async function putSignatures(
  repository: Repository,
  manifest: Digest,
  layers: readonly SignatureLayer[],
): Promise<Result<void>> {
  const config = Buffer.from(canonicalJson(configOf(layers)));
  const pushed = await repository.pushBlob(bytesBlob(config));
  if (!pushed.ok) return pushed;
  const bytes = Buffer.from(
    canonicalJson({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.manifest,
      config: { mediaType: MEDIA_TYPES.config, digest: digestOf(config), size: config.length },
      layers: layers.map((layer) => ({ ...layer })),
    }),
  );
  const tagged = { mediaType: MEDIA_TYPES.manifest, digest: digestOf(bytes), bytes };
  return repository.putManifest(tagged, signatureTag(manifest));
}

/** As cosign's: an image config that names the payloads as its layers. */
function configOf(layers: readonly SignatureLayer[]) {
  return {
    architecture: '',
    os: '',
    config: {},
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
  };
}

/** Returns the layers of a `.sig` manifest; none if it is not one. */
function layersIn(manifest: ManifestBytes): readonly SignatureLayer[] {
  const content = manifestContent(manifest);
  if (!content.ok) return [];
  const layers = jsonObject(manifest.bytes)?.['layers'];
  const rows = Array.isArray(layers) ? (layers as (Descriptor & { readonly annotations?: unknown })[]) : [];
  return rows.map(({ mediaType, digest, size, annotations }) => ({
    ...{ mediaType, digest, size },
    annotations: stringMembers(annotations),
  }));
}

function replaced({ name }: Repository, manifest: Digest): Result<never> {
  return fail({
    code: 'tag-taken',
    message: `The signature of ${manifest} in ${repositoryText(name)} was replaced by others ${TRIES} times.`,
    hint: 'Run it again when no other machine signs this image.',
  });
}

/** Returns the failure for a signature that its own policy refuses; it is not written. */
export function notTrusted({ name }: ImageSigner, why: Failure): Result<never> {
  return fail({
    code: 'signing-failed',
    message: `Nothing was signed: the signature is not by ${name}.`,
    hint: 'Check "identity", "issuer" and "trustedRoot" of "signing" in nx.json.',
    details: [why.message],
  });
}
