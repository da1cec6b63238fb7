import { digestOf } from '@image-tooling/model';
import type { Descriptor } from './manifest';

/** OCI image-spec 1.1, manifest.md, "Guidance for an Empty Descriptor". */
export const EMPTY_BYTES = Buffer.from('{}');
export const EMPTY: Descriptor = {
  mediaType: 'application/vnd.oci.empty.v1+json',
  digest: digestOf(EMPTY_BYTES),
  size: EMPTY_BYTES.length,
};
