import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refusalOf } from './run-reader';
import type { Reader } from './types';

/** Trusts no authority: cosign wants one even for a key, and would else ask the network. */
const TRUSTED_ROOT = '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}';

/**
 * Returns cosign as a reader of images that are signed with a key.
 *
 * @param argv how to start it
 * @param home its home folder
 */
export async function cosign(name: string, argv: readonly string[], home: string): Promise<Reader> {
  const root = join(home, 'trusted-root.json');
  await writeFile(root, TRUSTED_ROOT);
  const offline = ['--insecure-ignore-tlog', '--allow-http-registry'];
  // cosign 2.5 reads image signatures from `.sig` tags only, and statements in bundles.
  const bundles = ['--trusted-root', root, ...(name === 'cosign 2.5' ? ['--new-bundle-format'] : [])];
  const forImages = name === 'cosign 2.5' ? [] : bundles;
  return {
    name,
    image: (reference, key) =>
      refusalOf([...argv, 'verify', ...offline, ...forImages, '--key', key, reference], home),
    statement: (reference, key, type) =>
      refusalOf(
        [...argv, 'verify-attestation', ...offline, ...bundles, '--key', key, '--type', type, reference],
        home,
      ),
  };
}
