import { mkdtemp, writeFile } from 'node:fs/promises';
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
  const isOld = name === 'cosign 2.5';
  const root = await rootFlags(TRUSTED_ROOT, home);
  const offline = ['--insecure-ignore-tlog', '--allow-http-registry'];
  // cosign 2.5 reads image signatures from `.sig` tags only, and statements in bundles.
  const bundles = [...root, ...(isOld ? ['--new-bundle-format'] : [])];
  const forImages = isOld ? [] : bundles;
  return {
    name,
    image: (reference, key) =>
      refusalOf([...argv, 'verify', ...offline, ...forImages, '--key', key, reference], home),
    async identity(reference, { identity, issuer, trustedRoot }) {
      const who = ['--certificate-identity', identity, '--certificate-oidc-issuer', issuer];
      const [flags, env] = isOld
        ? [[], await keyFiles(trustedRoot, home)]
        : [await rootFlags(trustedRoot, home), {}];
      return refusalOf([...argv, 'verify', '--allow-http-registry', ...flags, ...who, reference], home, env);
    },
    statement: (reference, key, type) =>
      refusalOf(
        [...argv, 'verify-attestation', ...offline, ...bundles, '--key', key, '--type', type, reference],
        home,
      ),
  };
}

async function rootFlags(trustedRoot: string, home: string): Promise<string[]> {
  const file = join(await mkdtemp(join(home, 'root-')), 'trusted-root.json');
  await writeFile(file, trustedRoot);
  return ['--trusted-root', file];
}

/** cosign 2.5 reads no trusted root for `.sig` tags, but keys in files (cosign, pkg/cosign/env). */
async function keyFiles(trustedRoot: string, home: string): Promise<NodeJS.ProcessEnv> {
  const { certificateAuthorities, tlogs, ctlogs } = JSON.parse(trustedRoot) as TrustedRootJson;
  const folder = await mkdtemp(join(home, 'keys-'));
  const write = async (name: string, label: string, base64: string): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`);
    return file;
  };
  return {
    SIGSTORE_ROOT_FILE: await write(
      'root.pem',
      'CERTIFICATE',
      certificateAuthorities[0].certChain.certificates[0].rawBytes,
    ),
    SIGSTORE_REKOR_PUBLIC_KEY: await write('rekor.pem', 'PUBLIC KEY', tlogs[0].publicKey.rawBytes),
    SIGSTORE_CT_LOG_PUBLIC_KEY_FILE: await write('ct.pem', 'PUBLIC KEY', ctlogs[0].publicKey.rawBytes),
  };
}

interface TrustedRootJson {
  readonly certificateAuthorities: readonly [
    { readonly certChain: { readonly certificates: readonly [{ readonly rawBytes: string }] } },
  ];
  readonly tlogs: readonly [{ readonly publicKey: { readonly rawBytes: string } }];
  readonly ctlogs: readonly [{ readonly publicKey: { readonly rawBytes: string } }];
}
