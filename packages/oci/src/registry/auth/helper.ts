import { run, type HostResult } from '@image-tooling/host';
import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import type { Credentials, CredentialsOptions } from './credential-types';
import { objectIn, textIn } from './fields';

/** A request to a credential helper, and the file that names the helper. */
export interface HelperQuestion {
  /** `ecr-login` for the program `docker-credential-ecr-login`. */
  readonly helper: string;
  readonly server: string;
  readonly file: string;
}

/** The user name that marks the secret as an identity token (docker-credential-helpers, README). */
const TOKEN_USER = '<token>';
const GRACE_SECONDS = 1;

/**
 * Asks a credential helper (docker-credential-helpers, "Development": `get`, the server on standard input). Undefined
 * if it has no credentials. Fails with `registry-auth`, `timeout` or `aborted`; no failure contains its output.
 */
export async function askHelper(
  question: HelperQuestion,
  options: CredentialsOptions,
): Promise<Result<Credentials | undefined>> {
  if (!/^[\w.-]+$/.test(question.helper)) return fail(failed(question, 'invalid program name'));
  const answer = await run({
    argv: [programOf(question), 'get'],
    env: options.env,
    input: question.server,
    signal: options.signal,
    timeoutSeconds: options.timings.helperSeconds,
    graceSeconds: GRACE_SECONDS,
  });
  if (!answer.ok) return fail(withoutOutput(question, answer.failures[0], options));
  return credentialsIn(question, answer.value);
}

function credentialsIn(
  question: HelperQuestion,
  { exitCode, stdout, stderr }: HostResult,
): Result<Credentials | undefined> {
  if (exitCode !== 0 && /credentials not found/i.test(`${stdout}${stderr}`)) return ok(undefined);
  if (exitCode !== 0) return fail(failed(question, `it ended with exit code ${exitCode}`));
  const fields = parsedObject(stdout);
  if (!fields) return fail(failed(question, 'its answer is not a JSON object'));
  const [username, secret] = [textIn(fields, 'Username'), textIn(fields, 'Secret')];
  const from = `${programOf(question)} (${question.file})`;
  if (secret === '') return ok(undefined);
  if (username === TOKEN_USER) return ok({ kind: 'identity', token: secret, from });
  return ok({ kind: 'password', username, password: secret, from });
}

function parsedObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return objectIn(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function withoutOutput(
  question: HelperQuestion,
  { code }: Failure,
  { timings }: CredentialsOptions,
): Failure {
  if (code === 'aborted') return { code, message: `Stopped while ${programOf(question)} was running.` };
  if (code === 'timeout')
    return { ...failed(question, `it did not answer within ${timings.helperSeconds} s`), code };
  if (code === 'command-missing') return failed(question, 'no such program on this machine');
  return failed(question, 'it could not be started');
}

function failed(question: HelperQuestion, why: string): Failure {
  const program = programOf(question);
  return {
    code: 'registry-auth',
    message: `The credential helper ${program} returned no credentials for ${question.server}: ${why}.`,
    hint: `Run it yourself (echo ${question.server} | ${program} get), or remove it from ${question.file}.`,
    place: { file: question.file },
  };
}

function programOf({ helper }: HelperQuestion): string {
  return `docker-credential-${helper}`;
}
