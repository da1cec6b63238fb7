import { canonicalJson, ok, type Json, type Result } from '@image-tooling/model';
import type { Signer, Witness } from '@sigstore/sign';
import { PAYLOAD_TYPE } from '../statement/statement';
import { caughtSigning } from './failures';

/** Media type of a sigstore bundle (sigstore protobuf-specs, Bundle.media_type); also the artifact type of its manifest. */
export const BUNDLE_MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** Signs a statement and returns its bundle, as stable JSON. Fails with `signing-failed`. */
export async function signedBundle(
  statement: Uint8Array,
  signer: Signer,
  witnesses: Witness[] = [],
): Promise<Result<Buffer>> {
  const { DSSEBundleBuilder } = await import('@sigstore/sign');
  const { bundleToJSON } = await import('@sigstore/bundle');
  const builder = new DSSEBundleBuilder({ signer, witnesses });
  const bundle = await caughtSigning(() =>
    builder.create({ data: Buffer.from(statement), type: PAYLOAD_TYPE }),
  );
  return bundle.ok ? ok(Buffer.from(canonicalJson(bundleToJSON(bundle.value) as unknown as Json))) : bundle;
}
