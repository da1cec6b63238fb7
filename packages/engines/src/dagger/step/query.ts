import type { DaggerSession } from '../session';
import { postQuery, type HttpAnswer } from '../session/post';

/** An answer of the session that is none: why, and what GraphQL's `extensions` said. */
export class QueryError extends Error {
  constructor(
    /** `lost`: no answer came; `refused`: the answer is an error. */
    readonly kind: 'lost' | 'refused',
    message: string,
    readonly extensions: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

/** The one among an error and its causes: the SDK wraps what it is given. */
export function queryErrorIn(error: unknown): QueryError | undefined {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof QueryError) return at;
  return undefined;
}

/** What the SDK's generated client needs to talk to an engine. */
export interface GraphQL {
  request(document: string): Promise<unknown>;
}

/**
 * GraphQL over a session that this process was given. The SDK brings a client of its own, but one that can neither
 * be stopped nor time out. A query that is stopped ends in the engine too: it closes the connection.
 */
export function graphqlOf(session: DaggerSession, signal: AbortSignal): GraphQL {
  return {
    request: async (document) => dataOf(await answered(postQuery(session, document, signal), signal)),
  };
}

async function answered(answer: Promise<HttpAnswer>, signal: AbortSignal): Promise<HttpAnswer> {
  try {
    return await answer;
  } catch (error) {
    throw signal.aborted ? error : new QueryError('lost', (error as Error).message);
  }
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { message: string; extensions?: Record<string, unknown> }[];
}

function dataOf(answer: HttpAnswer): unknown {
  const { data, errors } = answerIn(answer);
  const [first] = errors ?? [];
  if (first) throw new QueryError('refused', first.message, first.extensions);
  return data;
}

function answerIn({ status, text }: HttpAnswer): Answer {
  try {
    const answer = JSON.parse(text) as Answer | null;
    if (answer && (answer.data !== undefined || answer.errors !== undefined)) return answer;
  } catch {
    // What is no JSON is told as it is.
  }
  throw new QueryError('lost', `HTTP ${status}: ${text.trim().slice(0, 500)}`);
}
