import * as z from 'zod';
import { httpAddress, textLike } from './fields';
import { relativePath } from './paths';

const keyless = z
  .strictObject({
    identity: textLike(
      /^[^\s*]+\*?$/,
      'the identity in the certificate, of which only the end may be "*"',
      'The signer: the subject alternative name of the certificate; a "*" at its end stands for any text.',
    ),
    issuer: httpAddress('Issuer of the identity token.'),
    trustedRoot: relativePath(
      'File with the keys of Fulcio and Rekor, as "cosign trusted-root create" writes it.',
    ),
    fulcio: httpAddress('Certificate authority.').default('https://fulcio.sigstore.dev'),
    rekor: httpAddress('Transparency log.').default('https://rekor.sigstore.dev'),
  })
  .meta({ description: 'Sign with a short-lived certificate for the identity of the CI job.' });

/** How images are signed: with a key file, or keyless. */
export const signing = z
  .strictObject({
    key: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'File of the private key; absolute or relative to the workspace.' }),
    keyless: keyless.optional(),
    builder: textLike(
      /^[a-z][a-z0-9+.-]*:\S+$/,
      'a URI',
      'URI of the builder, for the provenance.',
    ).optional(),
  })
  .superRefine(({ key, keyless: other }, context) => {
    if ((key === undefined) === (other === undefined))
      context.addIssue({ code: 'custom', message: 'expected either "key" or "keyless"' });
  })
  .meta({ description: 'How published images are signed. Default: they are not signed.' });
