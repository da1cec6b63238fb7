import { fail, ok, type Failure, type Result } from '@image-tooling/model';

/** A clear-signed file and whose signature it must bear. */
export interface SignedFile {
  readonly text: string;
  /** What the user is told: "debian trixie InRelease". */
  readonly name: string;
  /** ASCII-armoured public keys; one valid signature by any of them does. */
  readonly trustedKeys: readonly string[];
  readonly now: Date;
}

/**
 * The signed text of a clear-signed file (RFC 9580 section 7), verified: what stands outside of the signed part is
 * left out. Fails with `release-unsigned`, `release-wrong-key` or `release-altered`.
 */
export async function verifyClearSigned(file: SignedFile): Promise<Result<string>> {
  if (!file.text.startsWith('-----BEGIN PGP SIGNED MESSAGE-----')) return fail(unsigned(file));
  const openpgp = await import('openpgp');
  const message = await openpgp
    .readCleartextMessage({ cleartextMessage: file.text })
    .catch((error: unknown) => unreadable(file, error));
  if ('code' in message) return fail(message);
  const verificationKeys = await Promise.all(
    file.trustedKeys.map((armoredKey) => openpgp.readKey({ armoredKey })),
  );
  const date = new Date(file.now.getTime() + CLOCK_SKEW_MS);
  const { signatures } = await openpgp.verify({ message, verificationKeys, date });
  const problems = await Promise.all(
    signatures.map(async ({ keyID, verified }): Promise<Problem | undefined> => {
      const known = verificationKeys.some((key) => key.getKeys(keyID).length > 0);
      return verified.then(
        () => undefined,
        (error: Error) => ({ keyId: keyID.toHex(), known, reason: error.message }),
      );
    }),
  );
  if (problems.length === 0) return fail(unsigned(file));
  if (problems.some((problem) => problem === undefined)) return ok(message.getText());
  return fail(refused(file, problems as Problem[]));
}

/** As apt's Acquire::Max-FutureTime (apt.conf(5)). */
export const CLOCK_SKEW_MS = 10_000;

interface Problem {
  readonly keyId: string;
  readonly known: boolean;
  readonly reason: string;
}

function unsigned({ name }: SignedFile): Failure {
  return {
    code: 'release-unsigned',
    message: `The ${name} is not signed; a file clear-signed by the archive was expected.`,
    hint: 'Use a mirror that carries InRelease as the archive made it.',
  };
}

function unreadable({ name }: SignedFile, error: unknown): Failure {
  return {
    code: 'release-altered',
    message: `The signature of the ${name} can't be read.`,
    hint: 'Run the lock target again; where it stays like this, use another mirror.',
    details: [error instanceof Error ? error.message : String(error)],
  };
}

function refused(file: SignedFile, problems: readonly Problem[]): Failure {
  const details = problems.map(({ keyId, known, reason }) =>
    known ? `key ${keyId}: ${reason}` : `key ${keyId}: not among the trusted keys`,
  );
  if (problems.some(({ known }) => known))
    return {
      code: 'release-altered',
      message: `The ${file.name} was altered: the signature does not fit the text.`,
      hint: 'Do not use this mirror before you know who changed the file.',
      details,
    };
  return {
    code: 'release-wrong-key',
    message: `The ${file.name} is signed, but by no key that this workspace trusts.`,
    hint: 'If the archive has a new key, check its fingerprint and add it to trust/ (see trust/README.md).',
    details,
  };
}
