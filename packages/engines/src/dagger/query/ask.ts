import { timeLimit } from '../../time-limit';
import { postQuery, type HttpAnswer, type SessionAddress } from './post';

/** The answer of a session that was asked for its engine's version. */
export type Answer =
  | { readonly kind: 'version'; readonly version: string }
  /** `gone`: nothing listens. `silent`: no answer in time. `wrong`: an unusable answer. */
  | { readonly kind: 'gone' | 'silent' | 'wrong'; readonly cause: string };

const TIMEOUT_MS = 5000;
const MOST_BYTES = 65_536;

/** Asks a session for its engine's version: one GraphQL query, answered by the engine. Takes 5 s at most. */
export async function ask(
  address: SessionAddress,
  signal?: AbortSignal,
  timeoutMs = TIMEOUT_MS,
): Promise<Answer> {
  const limit = timeLimit(timeoutMs, signal);
  const where = `port ${address.port}`;
  try {
    return judge(await postQuery(address, '{version}', limit.signal, MOST_BYTES));
  } catch (error) {
    return limit.signal.aborted
      ? { kind: 'silent', cause: `${where} gave no answer within ${timeoutMs / 1000} s` }
      : { kind: 'gone', cause: `${where}: ${(error as Error).message}` };
  } finally {
    limit.end();
  }
}

function judge({ status, text }: HttpAnswer): Answer {
  if (status === 401) return { kind: 'wrong', cause: 'the session there has another token' };
  const version = status === 200 ? versionIn(text) : undefined;
  if (version !== undefined) return { kind: 'version', version };
  return { kind: 'wrong', cause: `the answer there (HTTP ${status}) is not that of a Dagger session` };
}

function versionIn(text: string): string | undefined {
  try {
    const version = (JSON.parse(text) as { data?: { version?: unknown } | null } | null)?.data?.version;
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
