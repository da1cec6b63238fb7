import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { fail, ok } from '@image-tooling/model';
import type { RegistryOptions } from '../options';
import { stoppedFailure } from './failures';
import { shownUrl } from './shown-url';
import type { RegistryAnswer, RegistryRequest, Send } from '../send';

/** Sends reads; records writes, and answers them like a registry. */
export function withDryRun(send: Send, { onRequest, signal }: RegistryOptions): Send {
  return async (request) => {
    const { method, url, body } = request;
    if (method === 'GET' || method === 'HEAD') return send(request);
    if ((request.signal ?? signal).aborted) return fail(stoppedFailure(request));
    onRequest?.({ method, url: shownUrl(url), sentBytes: 0, bodyBytes: body?.size ?? 0 });
    return ok(await imitatedAnswer(request));
  };
}

/** The answer of a registry to a write that is not sent (OCI distribution-spec 1.1, "Endpoints"). */
async function imitatedAnswer(request: RegistryRequest): Promise<RegistryAnswer> {
  const { status, headers } = await imitation(request);
  return { status, headers, body: Readable.from([]), url: request.url };
}

type Imitation = Pick<RegistryAnswer, 'status' | 'headers'>;

async function imitation(request: RegistryRequest): Promise<Imitation> {
  const { method, url } = request;
  const digest = url.searchParams.get('digest') ?? url.searchParams.get('mount');
  if (method === 'DELETE') return { status: 202, headers: {} };
  if (url.pathname.includes('/manifests/')) return manifestPut(request);
  if (digest !== null) return created(url, digest);
  const location = method === 'POST' ? `${url.pathname.replace(/\/$/, '')}/dry-run` : url.pathname;
  return {
    status: 202,
    headers: { location, range: `0-${rangeEnd(request)}`, 'docker-upload-uuid': 'dry-run' },
  };
}

async function manifestPut(request: RegistryRequest): Promise<Imitation> {
  const reference = decodeURIComponent(request.url.pathname.split('/').at(-1) ?? '');
  const digest = reference.includes(':') ? reference : await digestOf(request);
  return created(request.url, digest);
}

function created({ pathname }: URL, digest: string): Imitation {
  const blob = /^(.*\/blobs\/)uploads\//.exec(pathname)?.[1];
  return {
    status: 201,
    headers: {
      location: blob === undefined ? pathname : `${blob}${digest}`,
      'docker-content-digest': digest,
      'content-length': '0',
    },
  };
}

async function digestOf({ body }: RegistryRequest): Promise<string> {
  const hash = createHash('sha256');
  if (body) for await (const chunk of body.open()) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
}

/** The last byte that would be there, counted from 0; a registry answers `0-0` for an empty upload. */
function rangeEnd({ headers = {}, body }: RegistryRequest): number {
  const range = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-range')?.[1];
  const end = /-(\d+)$/.exec(range ?? '')?.[1];
  return end === undefined ? Math.max(0, (body?.size ?? 0) - 1) : Number(end);
}
