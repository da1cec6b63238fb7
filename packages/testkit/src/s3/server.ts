import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { isSigned, S3_LOGIN, sha256 } from './signature';

interface Kept {
  readonly bytes: Buffer;
  readonly mark: string;
  readonly at: Date;
}

/**
 * What goes wrong with one request: an answer with an error; none at all; none after the request was carried out; half
 * of a body; other bytes.
 */
export type S3Fault =
  { readonly status: number; readonly code?: string } | 'hang' | 'lost-answer' | 'cut' | 'garbage';

/** A server with the part of S3 that this project uses, and faults on demand. */
export interface S3Server {
  /** AWS_… for a client. */
  readonly env: NodeJS.ProcessEnv;
  /** Returns the fault of a request, from its method and path. Replace it. */
  faultOf: (request: IncomingMessage) => S3Fault | undefined;
  /** Objects of the bucket "bucket", by key. */
  readonly objects: Map<string, Kept>;
  /** "PUT /bucket/key". */
  readonly asked: string[];
  stop(): Promise<void>;
}

/** Objects on a page of a list. */
const PAGE = 3;

/** Starts the server on a free port of 127.0.0.1, with the bucket "bucket". */
export async function startS3(): Promise<S3Server> {
  const objects = new Map<string, Kept>();
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    void answer(request, response, objects, kit.faultOf(request)).catch(() => response.destroy());
  });
  server.on('connection', (socket) => sockets.add(socket.on('close', () => sockets.delete(socket))));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const kit: S3Server = {
    ...{ objects, asked, faultOf: () => undefined },
    env: { ...S3_LOGIN, AWS_ENDPOINT_URL: url, AWS_REGION: 'eu-central-1' },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return kit;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  objects: Map<string, Kept>,
  fault: S3Fault | undefined,
): Promise<void> {
  if (fault === 'hang') return;
  const body = await buffer(request);
  const real =
    typeof fault === 'object' ? problem(fault.status, fault.code) : carriedOut(request, body, objects);
  if (fault === 'lost-answer') response.destroy();
  else if (fault === 'garbage') response.socket?.end('nonsense\r\n\r\n');
  else if (fault === 'cut') {
    response.writeHead(real.status, { ...real.headers, 'content-length': real.body.length });
    response.write(real.body.subarray(0, real.body.length / 2), () => response.destroy());
  } else
    response.writeHead(real.status, { 'content-length': real.body.length, ...real.headers }).end(real.body);
}

interface Made {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: Buffer;
}

function carriedOut(request: IncomingMessage, body: Buffer, objects: Map<string, Kept>): Made {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://server');
  const [, bucket, key = ''] = /^\/([^/]+)\/(.*)$/.exec(pathname) ?? [];
  if (!isSigned(request)) return problem(403, 'SignatureDoesNotMatch');
  if (bucket !== 'bucket') return problem(404, 'NoSuchBucket');
  if (request.method === 'PUT') return put(request, key, body, objects);
  if (request.method === 'DELETE') return (objects.delete(key), { status: 204, body: Buffer.alloc(0) });
  if (key === '') return list(searchParams, objects);
  return read(request, objects.get(key));
}

function put(request: IncomingMessage, key: string, bytes: Buffer, objects: Map<string, Kept>): Made {
  const content = request.headers['x-amz-content-sha256'];
  if (content !== 'UNSIGNED-PAYLOAD' && content !== sha256(bytes))
    return problem(400, 'XAmzContentSHA256Mismatch');
  if (request.headers['if-none-match'] === '*' && objects.has(key)) return problem(412, 'PreconditionFailed');
  objects.set(key, { bytes, mark: String(request.headers['x-amz-meta-put']), at: new Date() });
  return { status: 200, body: Buffer.alloc(0) };
}

function read({ method, headers }: IncomingMessage, found: Kept | undefined): Made {
  if (!found) return method === 'HEAD' ? { status: 404, body: Buffer.alloc(0) } : problem(404, 'NoSuchKey');
  const { bytes, mark } = found;
  const meta = { 'x-amz-meta-put': mark };
  if (method === 'HEAD')
    return { status: 200, headers: { ...meta, 'content-length': `${bytes.length}` }, body: Buffer.alloc(0) };
  const last = /^bytes=0-(\d+)$/.exec(headers.range ?? '')?.[1];
  if (last === undefined) return { status: 200, headers: meta, body: bytes };
  if (bytes.length === 0) return problem(416, 'InvalidRange');
  const part = bytes.subarray(0, Number(last) + 1);
  return {
    status: 206,
    headers: { ...meta, 'content-range': `bytes 0-${part.length - 1}/${bytes.length}` },
    body: part,
  };
}

function list(query: URLSearchParams, objects: Map<string, Kept>): Made {
  const after = Buffer.from(query.get('continuation-token') ?? '', 'base64').toString();
  const found = [...objects].filter(([key]) => key.startsWith(query.get('prefix') ?? '') && key > after);
  const page = found.sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, PAGE);
  const token = found.length > PAGE ? Buffer.from(page.at(-1)![0]).toString('base64') : undefined;
  const contents = page.map(
    ([key, { bytes, at }]) =>
      `<Contents><Key>${key}</Key><LastModified>${at.toISOString()}</LastModified><Size>${bytes.length}</Size></Contents>`,
  );
  const next = token === undefined ? '' : `<NextContinuationToken>${token}</NextContinuationToken>`;
  return xml(200, `<ListBucketResult>${contents.join('')}${next}</ListBucketResult>`);
}

function problem(status: number, code = 'InternalError'): Made {
  return xml(status, `<Error><Code>${code}</Code><Message>as the test wants</Message></Error>`);
}

function xml(status: number, text: string): Made {
  const body = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`);
  return { status, headers: { 'content-type': 'application/xml' }, body };
}
