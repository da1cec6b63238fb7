import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A request that came to the proxy; its figures grow until it is answered or cut. */
export interface ProxiedRequest {
  /** 1 for the first. */
  readonly sequence: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Without the question mark; may be empty. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  /** Whether it carried credentials of any kind. */
  readonly authorization: boolean;
  /** Undefined until the response has begun. */
  status?: number;
  /** Bytes of its body that have come. */
  receivedBytes: number;
  /** Bytes of the answer's body that were sent. */
  sentBytes: number;
  /** The fault that was applied. */
  fault?: string;
  /** Error in the proxy or between it and the registry; the client's connection was cut. */
  error?: Error;
}

export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: AsyncIterable<Buffer>;
}

export type BodyChange = (body: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;
export type AnswerChange = (answer: Answer) => Answer | Promise<Answer>;

/** One request on its way through the proxy, and what is to be changed on the way. */
export interface Exchange {
  readonly record: ProxiedRequest;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The client's connection, kept here because the request loses it when it is cut. */
  readonly socket: Socket;
  /** Headers for the registry. */
  headers: IncomingHttpHeaders;
  /** Path and query for the registry. */
  target: string;
  /** What happens to the request's body, in this order. */
  readonly bodyChanges: BodyChange[];
  /** What happens to the registry's answer: the change added last comes first. */
  readonly answerChanges: AnswerChange[];
}

/** A middleware for requests: does its part, then calls `next`, unless it has answered itself. */
export type Step = (exchange: Exchange, next: () => Promise<void>) => Promise<void>;

/** Thrown by a middleware to cut both connections, the client's and the registry's. */
export class Cut extends Error {}

export function exchangeOf(request: IncomingMessage, response: ServerResponse, sequence: number): Exchange {
  const target = request.url ?? '/';
  const [path = '', ...query] = target.split('?');
  const { headers, method = 'GET' } = request;
  const authorization = headers.authorization !== undefined;
  const asked = { sequence, method, path, query: query.join('?'), headers, authorization };
  const record: ProxiedRequest = { ...asked, receivedBytes: 0, sentBytes: 0 };
  return {
    record,
    request,
    response,
    socket: request.socket,
    headers,
    target,
    bodyChanges: [],
    answerChanges: [],
  };
}

/** Returns the request's body, counted and changed. */
export function bodyOf({ request, record, bodyChanges }: Exchange): AsyncIterable<Buffer> {
  const counted = async function* (): AsyncGenerator<Buffer> {
    // A reader that stops early leaves the connection: it is reset, not closed.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      record.receivedBytes += chunk.length;
      yield chunk;
    }
  };
  return bodyChanges.reduce<AsyncIterable<Buffer>>((body, change) => change(body), counted());
}

/** Resets the client's connection. */
export function cutClient({ socket }: Exchange): void {
  socket.resetAndDestroy();
}
