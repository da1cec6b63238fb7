import { Fault } from '@image-tooling/host';
import type { DaggerSession } from '../session';
import { postQuery, type HttpAnswer } from '../query/post';

/** A missing answer or an error of the session, with GraphQL's `extensions`. */
export class QueryError extends Fault {
  constructor(
    /** `lost`: no answer came; `refused`: the answer is an error. */
    readonly kind: 'lost' | 'refused',
    message: string,
    readonly extensions: Readonly<Record<string, unknown>> = {},
  ) {
    super({ code: 'engine', message });
  }
}

/** Returns the QueryError among an error and its causes: the SDK wraps errors. */
export function queryErrorIn(error: unknown): QueryError | undefined {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof QueryError) return at;
  return undefined;
}

/** The part of a GraphQL client that the SDK's generated client needs. */
export interface GraphQL {
  request(document: string): Promise<unknown>;
}

/**
 * Returns a GraphQL client for a session. The SDK's own client can neither be stopped nor time out. Stopping
 * a query closes its connection, which also ends it in the engine.
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
    // An answer that is not JSON is reported unchanged.
  }
  throw new QueryError('lost', `HTTP ${status}: ${text.trim().slice(0, 500)}`);
}
