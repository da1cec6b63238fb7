import type { Result } from '@image-tooling/model';
import { keySigner } from './key-signer';
import { keylessSigner } from './keyless-signer';
import type { ImageSigner, SigningSettings } from './signer';

/** Opens a signer. Sends nothing yet. Fails with `signing-failed` if the key can't be used. */
export async function openSigner(settings: SigningSettings): Promise<Result<ImageSigner>> {
  return settings.kind === 'key' ? keySigner(settings) : keylessSigner(settings);
}
