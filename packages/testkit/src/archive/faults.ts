import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Something a server may do wrong. */
export type Fault =
  /** Answers with a status; 429 and 503 may have Retry-After. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string }
  /** Cuts the connection: before the headers, or after so many bytes of the body. */
  | { readonly kind: 'reset'; readonly afterBytes?: number }
  /** Stops sending and keeps the connection: before the headers, or after so many bytes. */
  | { readonly kind: 'hang'; readonly afterBytes?: number }
  /** Sends so many bytes every 10 ms. */
  | { readonly kind: 'slow'; readonly bytes: number }
  /** Ends the body early, as if it were complete. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  /** Sends other bytes of the same length. */
  | { readonly kind: 'alter' }
  /** Sends additional bytes. */
  | { readonly kind: 'grow'; readonly bytes: number };

/** A fault of the requests whose path matches. */
export interface FaultRule {
  readonly path: RegExp;
  readonly fault: Fault;
  /** How many requests it affects; default: all. */
  readonly times?: number;
}

/** Answers a request in the faulty way. */
export async function answerFaulty(fault: Fault, body: Buffer, response: ServerResponse): Promise<void> {
  switch (fault.kind) {
    case 'status':
      response.writeHead(
        fault.status,
        fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter },
      );
      response.end();
      return;
    case 'reset':
      await begin(body, fault.afterBytes, response);
      response.destroy();
      return;
    case 'hang':
      return begin(body, fault.afterBytes, response);
    case 'slow':
      return drip(body, fault.bytes, response);
    case 'truncate':
      response.end(body.subarray(0, fault.bytes));
      return;
    case 'alter':
      response.end(body.map((byte, index) => (index === body.length >> 1 ? byte ^ 0xff : byte)));
      return;
    case 'grow':
      response.end(Buffer.concat([body, Buffer.alloc(fault.bytes)]));
  }
}

async function begin(body: Buffer, afterBytes: number | undefined, response: ServerResponse): Promise<void> {
  if (afterBytes === undefined) return;
  response.writeHead(200, { 'content-length': body.length });
  await new Promise<void>((resolve) => response.write(body.subarray(0, afterBytes), () => resolve()));
}

async function drip(body: Buffer, bytes: number, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-length': body.length });
  for (let at = 0; at < body.length && !response.destroyed; at += bytes) {
    response.write(body.subarray(at, at + bytes));
    await sleep(10);
  }
  response.end();
}
