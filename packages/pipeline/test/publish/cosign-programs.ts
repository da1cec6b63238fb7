/** A cosign to try, and the flags that it needs without a network. */
export interface Cosign {
  readonly name: string;
  readonly argv: readonly string[];
  readonly flags: (
    trustedRoot: string,
  ) => Readonly<Record<'verify' | 'verify-attestation', readonly string[]>>;
}

/** A trusted root that trusts nobody: cosign reads one even for a key (facts: one with only its media type does). */
export const TRUSTED_ROOT = '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}';

export async function cosignPrograms(): Promise<Cosign[]> {
  const v3 = ['--trusted-root'];
  return [
    {
      name: 'cosign 3',
      argv: ['/tmp/cosign-build/cosign'],
      flags: (root) => ({
        verify: [...v3, root, '--insecure-ignore-tlog', '--allow-http-registry'],
        'verify-attestation': [...v3, root, '--insecure-ignore-tlog', '--allow-http-registry'],
      }),
    },
  ];
}
