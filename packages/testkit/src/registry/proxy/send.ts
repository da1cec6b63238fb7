import type { OutgoingMessage } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Answer, Exchange } from './exchange';
import { bodyOf } from './exchange';

/** Of one connection only (RFC 9110, section 7.6.1); not passed on. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'expect'];

export function withoutHopByHop<T>(headers: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}

/** Writes a body as fast as it is taken; what a closed connection no longer takes is read and dropped. */
export async function writeBody(body: AsyncIterable<Buffer>, to: OutgoingMessage): Promise<void> {
  const closed = new Promise<void>((resolve) => to.once('close', resolve));
  for await (const chunk of body)
    await Promise.race([closed, new Promise<void>((resolve) => to.write(chunk, () => resolve()))]);
}

/** Sends an answer to the client, with the changes that were asked for. */
export async function sendAnswer(exchange: Exchange, answer: Answer): Promise<void> {
  const { response, record } = exchange;
  let last = answer;
  for (const change of exchange.answerChanges.toReversed()) last = await change(last);
  record.status = last.status;
  const headers = withoutHopByHop(last.headers) as Record<string, string | string[] | undefined>;
  response.writeHead(last.status, STATUS_CODES[last.status] ?? 'Unknown', present(headers));
  await writeBody(
    counted(last.body, (bytes) => (record.sentBytes += bytes)),
    response,
  );
  response.end();
}

/** Answers without asking the registry, once the request's body is read. */
export async function answerItself(exchange: Exchange, answer: PlainAnswer): Promise<void> {
  for await (const _ of bodyOf(exchange));
  await sendAnswer(exchange, wholeAnswer(answer));
}

export interface PlainAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: none. */
  readonly body?: string | Buffer;
}

/** With its length in the headers; where there is no body, a length that is there already stays: HEAD. */
export function wholeAnswer({ status, headers = {}, body }: PlainAnswer): Answer {
  const bytes = Buffer.from(body ?? '');
  return { status, headers: { 'content-length': String(bytes.length), ...headers }, body: one(bytes) };
}

/** Returns the error answer of the OCI distribution-spec 1.1, "Error Codes". */
export function errorAnswer(status: number, code: string, message: string, detail?: unknown): PlainAnswer {
  const body = JSON.stringify({ errors: [{ code, message, ...(detail !== undefined && { detail }) }] });
  return { status, headers: { 'content-type': 'application/json' }, body };
}

export async function bytesOf(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Returns the same bytes in pieces of so many; the last may be shorter. */
export async function* piecesOf(body: AsyncIterable<Buffer>, pieceBytes: number): AsyncGenerator<Buffer> {
  let kept: Buffer = Buffer.alloc(0);
  for await (const chunk of body) {
    kept = Buffer.concat([kept, chunk]);
    for (; kept.length >= pieceBytes; kept = kept.subarray(pieceBytes)) yield kept.subarray(0, pieceBytes);
  }
  yield* one(kept);
}

export async function* one(bytes: Buffer): AsyncGenerator<Buffer> {
  if (bytes.length > 0) yield bytes;
}

async function* counted(body: AsyncIterable<Buffer>, count: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of body) {
    count(chunk.length);
    yield chunk;
  }
}

function present<T>(headers: Record<string, T | undefined>): Record<string, T> {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)) as Record<
    string,
    T
  >;
}
