import type { IncomingMessage, ServerResponse } from 'node:http';
import { HASH } from '../entries';
import type { Context } from './context';
import { answerGet } from './get';
import { answered, missed, type Outcome } from './outcome';
import { answerPut } from './put';

const ENTRY = '/v1/cache/';

/** Answers one request; whatever happens, there is an answer that Nx survives. Never rejects. */
export async function answer(
  context: Context,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const start = performance.now();
  const client = request.socket.remoteAddress;
  const path = (request.url ?? '').split('?')[0]!;
  if (request.method === 'GET' && (await answerOther(context, path, response))) return;
  const outcome = await answerEntry(context, path, request, response).catch((error: unknown) =>
    unexpected(context, request, error),
  );
  if (outcome.isAnswered !== true) end(response, outcome);
  // What is left of a refused upload: a client that still sends must be able to read the answer.
  request.resume();
  record(context, {
    method: request.method ?? '',
    path,
    client,
    outcome,
    seconds: (performance.now() - start) / 1000,
  });
}

async function answerEntry(
  context: Context,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Outcome> {
  const { method } = request;
  if (!path.startsWith(ENTRY) || (method !== 'GET' && method !== 'PUT')) return missed('not-found');
  const refused = method === 'GET' ? missed : answered;
  const decision = await context.authorizer.decide(request.headers.authorization);
  if ('denial' in decision)
    return refused(decision.denial, decision.detail === undefined ? {} : { detail: decision.detail });
  const { access } = decision;
  const hash = path.slice(ENTRY.length);
  if (!HASH.test(hash)) return refused('invalid-hash', { access });
  return method === 'GET'
    ? answerGet(context, { access, hash }, response)
    : answerPut(context, { access, hash }, request);
}

function unexpected({ log }: Context, { method }: IncomingMessage, error: unknown): Outcome {
  log('error', 'bug', {
    message: error instanceof Error ? error.message : String(error),
    stack: (error as Error).stack,
  });
  return method === 'PUT' ? answered('bug') : missed('bug');
}

function end(response: ServerResponse, { status, reason }: Outcome): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(status, { 'x-cache-reason': reason, 'content-length': 0 }).end();
}

/** Health, readiness and metrics need no token: the network decides who sees them (docs/cache-server.md). */
async function answerOther(context: Context, path: string, response: ServerResponse): Promise<boolean> {
  if (path === '/healthz') text(response, 200, 'ok\n');
  else if (path === '/readyz') {
    const isReady = await context.isReady();
    text(response, isReady ? 200 : 503, isReady ? 'ok\n' : 'not ready\n');
  } else if (path === '/metrics') text(response, 200, metricsText(context));
  else return false;
  return true;
}

function text(response: ServerResponse, status: number, body: string): void {
  const type = 'text/plain; version=0.0.4; charset=utf-8';
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
}

function metricsText({ metrics, usage }: Context): string {
  const byKind = new Map<string, number>();
  for (const [namespace, bytes] of usage.all()) {
    const kind = namespace.split('/', 2).join('/');
    byKind.set(kind, (byKind.get(kind) ?? 0) + bytes);
  }
  metrics.stored.set(
    [...byKind].map(([name, bytes]) => {
      const [project = '', kind = ''] = name.split('/');
      return [{ project, kind }, bytes] as const;
    }),
  );
  metrics.memory.set([[{}, process.memoryUsage.rss()]]);
  return metrics.text();
}

interface Answered {
  readonly method: string;
  readonly client: string | undefined;
  readonly path: string;
  readonly outcome: Outcome;
  readonly seconds: number;
}

function record({ metrics, log }: Context, { method, path, client, outcome, seconds }: Answered): void {
  const { reason, status, trueStatus, access, bytes, detail } = outcome;
  const known = method === 'GET' || method === 'PUT' ? method : 'other';
  metrics.requests.add({ method: known, reason, project: access?.project ?? '' });
  metrics.seconds.observe(known, seconds);
  if (bytes !== undefined && trueStatus === 200)
    metrics.bytes.add(
      { direction: method === 'GET' ? 'sent' : 'received', project: access?.project ?? '' },
      bytes,
    );
  const hash = path.startsWith(ENTRY) ? path.slice(ENTRY.length) : undefined;
  const { actor, run, repository, ref, event } = access?.writer ?? {};
  log(trueStatus >= 500 ? 'warn' : 'info', 'request', {
    ...{
      method: known,
      status,
      reason,
      trueStatus,
      hash: hash !== undefined && HASH.test(hash) ? hash : undefined,
    },
    ...{ project: access?.project, actor, run, repository, ref, on: event },
    ...{ bytes, milliseconds: Math.round(seconds * 1e4) / 10, client, detail },
  });
}
