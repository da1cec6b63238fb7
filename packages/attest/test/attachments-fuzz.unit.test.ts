import { fuzz } from '@image-tooling/testkit/fuzz';
import { identityToken, startSigstore, TEST_ISSUER } from '@image-tooling/testkit/sigstore';
import { expect, it } from 'vitest';
import { attachmentTargets, signedBy, withKey } from './attachments-fuzz';

it('changed attachments that were signed with a key are refused', async () => {
  for (const target of attachmentTargets(await withKey()))
    expect(await fuzz(target, 'short')).toBeGreaterThan(0);
});

it('changed attachments that an identity signed are refused', async () => {
  const sigstore = await startSigstore();
  const { fulcio, rekor, trustedRoot } = sigstore;
  const identity = 'https://ci.example/job';
  const policy = { kind: 'certificate', identity, issuer: TEST_ISSUER, trustedRoot } as const;
  const signed = await signedBy({ kind: 'keyless', policy, fulcio, rekor, token: identityToken(identity) });
  await sigstore.stop();
  for (const target of attachmentTargets(signed)) expect(await fuzz(target, 'short')).toBeGreaterThan(0);
});
