import { fail, ok, type Failure, type Result } from '@image-tooling/model';

/** Runs work of sigstore's libraries. Their messages are left out: some contain the identity token. */
export async function caughtSigning<T>(work: () => Promise<T>): Promise<Result<T>> {
  try {
    return ok(await work());
  } catch (error) {
    return fail(signingFailure(error));
  }
}

/** Codes of @sigstore/sign's InternalError. */
const WORDS: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  IDENTITY_TOKEN_READ_ERROR: [
    'there is no identity token',
    'In GitHub Actions give the job "permissions: id-token: write"; elsewhere set SIGSTORE_ID_TOKEN.',
  ],
  IDENTITY_TOKEN_PARSE_ERROR: ['the identity token is not a JSON web token', 'Check SIGSTORE_ID_TOKEN.'],
  CA_CREATE_SIGNING_CERTIFICATE_ERROR: [
    'the certificate authority gave no certificate',
    'Check "fulcio" of "signing" in nx.json, and that it accepts the issuer of the token.',
  ],
  TLOG_CREATE_ENTRY_ERROR: [
    'the transparency log took no entry',
    'Check "rekor" of "signing" in nx.json; run it again.',
  ],
  TLOG_FETCH_ENTRY_ERROR: ['the transparency log gave no entry', 'Run it again.'],
};

function signingFailure(error: unknown): Failure {
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown };
  const known = WORDS[String(code)];
  if (!known) throw error;
  const [what, hint] = known;
  const answer = answerOf(cause);
  return {
    code: 'signing-failed',
    message: `Nothing was signed: ${what}.`,
    hint,
    ...(answer !== undefined && { details: [answer] }),
  };
}

/** Returns the HTTP status or the system's error code. */
function answerOf(cause: unknown): string | undefined {
  const { statusCode, code } = Object(cause) as { readonly statusCode?: unknown; readonly code?: unknown };
  if (typeof statusCode === 'number') return `HTTP status ${statusCode}`;
  return typeof code === 'string' ? code : undefined;
}
