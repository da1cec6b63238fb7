import type { Key, verify } from 'openpgp';
import { fail, ok, type Failure, type Result } from '@image-tooling/model';

/** A clear-signed file and the keys that may sign it. */
export interface SignedFile {
  readonly text: string;
  /** In messages: "debian trixie InRelease". */
  readonly name: string;
  /** ASCII-armoured public keys; one valid signature by any of them is enough. */
  readonly trustedKeys: readonly string[];
  readonly now: Date;
}

/**
 * Returns the verified text of a clear-signed file (RFC 9580 section 7), without text outside of the signed
 * part. Ignores the time of the signature: the dates in the file are stricter. Fails with `release-unsigned`,
 * `release-wrong-key` or `release-altered`.
 */
export async function verifyClearSigned(file: SignedFile): Promise<Result<string>> {
  if (!file.text.startsWith('-----BEGIN PGP SIGNED MESSAGE-----')) return fail(unsigned(file));
  const openpgp = await import('openpgp');
  const message = await openpgp
    .readCleartextMessage({ cleartextMessage: file.text })
    .catch((error: unknown) => unreadable(file, error));
  if ('code' in message) return fail(message);
  const verificationKeys = await validKeys(file);
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- readKey is typed as a base class
  const { signatures } = await openpgp.verify({ message, verificationKeys, date: null });
  const verdicts = await Promise.all(signatures.map((signature) => verdictOn(signature, verificationKeys)));
  const problems = verdicts.filter((verdict) => verdict !== 'good');
  if (problems.length < verdicts.length) return ok(message.getText());
  return fail(problems.length === 0 ? unsigned(file) : refused(file, problems));
}

/** An invalid signature. */
interface Problem {
  readonly keyId: string;
  /** Whether it is by a trusted key. */
  readonly known: boolean;
  readonly reason: string;
}

type Verified = Awaited<ReturnType<typeof verify>>['signatures'][number];

/** Signatures of expired keys are invalid, whatever their date. */
async function validKeys({ trustedKeys, now }: SignedFile): Promise<Key[]> {
  const { readKey } = await import('openpgp');
  const keys = await Promise.all(trustedKeys.map((armoredKey) => readKey({ armoredKey })));
  const expiries = await Promise.all(keys.map((key) => key.getExpirationTime()));
  return keys.filter((_, index) => Number(expiries[index] ?? 0) > now.getTime());
}

async function verdictOn({ keyID, verified }: Verified, keys: readonly Key[]): Promise<'good' | Problem> {
  const known = keys.some((key) => key.getKeys(keyID).length > 0);
  return verified.then(
    () => 'good' as const,
    (error: unknown) => ({
      keyId: keyID.toHex(),
      known,
      reason: error instanceof Error ? error.message : String(error),
    }),
  );
}

function unsigned({ name }: SignedFile): Failure {
  return {
    code: 'release-unsigned',
    message: `The ${name} is not signed; a file clear-signed by the archive was expected.`,
    hint: 'Use a mirror with the original InRelease file.',
  };
}

function unreadable({ name }: SignedFile, error: unknown): Failure {
  return {
    code: 'release-altered',
    message: `The signature of the ${name} can't be read.`,
    hint: 'Run the lock target again; if it fails again, use another mirror.',
    details: [error instanceof Error ? error.message : String(error)],
  };
}

function refused(file: SignedFile, problems: readonly Problem[]): Failure {
  const details = problems.map(({ keyId, known, reason }) =>
    known ? `key ${keyId}: ${reason}` : `key ${keyId}: not among the trusted keys that are valid today`,
  );
  if (problems.some(({ known }) => known))
    return {
      code: 'release-altered',
      message: `The ${file.name} was altered: the signature does not fit the text.`,
      hint: 'Do not use this mirror until you know who changed the file.',
      details,
    };
  return {
    code: 'release-wrong-key',
    message: `The ${file.name} is signed by a key that this workspace does not trust.`,
    hint: 'If the archive has a new key, check its fingerprint and add it to trust/ (see trust/README.md).',
    details,
  };
}
