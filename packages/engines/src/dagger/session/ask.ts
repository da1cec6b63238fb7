import { request } from 'node:http';
import { timeLimit } from '../time-limit';

/** What a session says when it is asked for its engine's version. */
export type Answer =
  | { readonly kind: 'version'; readonly version: string }
  /** `gone`: nobody listens. `silent`: no answer in time. `wrong`: an answer that helps nobody. */
  | { readonly kind: 'gone' | 'silent' | 'wrong'; readonly cause: string };

export interface SessionAddress {
  /** On the loopback interface. */
  readonly port: number;
  readonly token: string;
}

const TIMEOUT_MS = 5000;
const MOST_BYTES = 65_536;

/** Asks a session for its engine's version: one GraphQL query, answered by the engine. Takes 5 s at most. */
export function ask(
  { port, token }: SessionAddress,
  signal?: AbortSignal,
  timeoutMs = TIMEOUT_MS,
): Promise<Answer> {
  const limit = timeLimit(timeoutMs, signal);
  const answered = new Promise<Answer>((resolve) => {
    const failed = (error: Error): void =>
      resolve(
        limit.signal.aborted
          ? { kind: 'silent', cause: `port ${port} gave no answer within ${timeoutMs / 1000} s` }
          : { kind: 'gone', cause: `port ${port}: ${error.message}` },
      );
    const call = request(
      {
        host: '127.0.0.1',
        port,
        path: '/query',
        method: 'POST',
        auth: `${token}:`,
        headers: { 'content-type': 'application/json' },
        signal: limit.signal,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          if (text.length > MOST_BYTES) response.destroy(new Error('the answer does not end'));
        });
        response.on('error', failed);
        response.on('end', () => resolve(judge(response.statusCode ?? 0, text)));
      },
    );
    call.on('error', failed);
    call.end('{"query":"{version}"}');
  });
  return answered.finally(() => limit.end());
}

function judge(status: number, text: string): Answer {
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
