import { createHash, generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  fulcioHandler,
  initializeCA,
  initializeCTLog,
  initializeTLog,
  rekorHandler,
  type HandlerFn,
} from '@sigstore/mock';

/** A certificate authority and a transparency log on 127.0.0.1, as sigstore's public ones. */
export interface LocalSigstore {
  readonly fulcio: string;
  readonly rekor: string;
  /** JSON with their keys. */
  readonly trustedRoot: string;
  /** Paths of all requests. */
  readonly requests: readonly string[];
  /** Answers the next requests to a path with this status. */
  failWith(path: RegExp, status: number): void;
  heal(): void;
  stop(): Promise<void>;
}

/** Issuer in certificates of tokens without one. */
export const TEST_ISSUER = 'https://issuer.example';

/** Returns an identity token for a name. The authority does not check its signature. */
export function identityToken(subject: string, issuer = TEST_ISSUER): string {
  const part = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url');
  return [part({ alg: 'none' }), part({ iss: issuer, sub: subject, aud: 'sigstore' }), 'x'].join('.');
}

/** Starts both. */
export async function startSigstore(): Promise<LocalSigstore> {
  const keys = { ca: keyPair(), ct: keyPair(), log: keyPair() };
  const ctLog = await initializeCTLog(keys.ct);
  const ca = await initializeCA(keys.ca, ctLog);
  const requests: string[] = [];
  const faults: { readonly path: RegExp; readonly status: number }[] = [];
  const handlers = new Map<string, HandlerFn>();
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const fault = faults.find(({ path }) => path.test(request.url ?? ''));
    if (fault) response.writeHead(fault.status).end();
    else void answer(handlers, request, response);
  });
  const url = await listening(server);
  const log = await initializeTLog(url, keys.log);
  const stored = {
    publicKey: log.publicKey,
    log: (entry: object) => log.log(storedEntry(entry)),
    logV2: log.logV2.bind(log),
  };
  for (const { path, fn } of [fulcioHandler(ca), rekorHandler(stored)]) handlers.set(path, fn);
  return {
    fulcio: url,
    rekor: url,
    trustedRoot: JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      certificateAuthorities: [
        {
          subject: { organization: 'sigstore.mock', commonName: 'sigstore' },
          uri: url,
          certChain: { certificates: [{ rawBytes: base64(ca.rootCertificate) }] },
          validFor: { start: EARLY },
        },
      ],
      tlogs: [logJson(url, log.publicKey, createHash('sha256').update(log.publicKey).digest())],
      ctlogs: [logJson(url, ctLog.publicKey, ctLog.logID)],
      timestampAuthorities: [],
    }),
    requests,
    failWith: (path, status) => void faults.push({ path, status }),
    heal: () => void faults.splice(0),
    stop: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
}

/** Rekor keeps hashes of an envelope, not the envelope (rekor, pkg/types/dsse/v0.0.1); the mock keeps what was sent. */
function storedEntry(entry: object): object {
  const { kind, spec } = entry as { readonly kind: string; readonly spec: DsseSpec };
  if (kind !== 'dsse') return entry;
  const { envelope, verifiers } = spec.proposedContent;
  const { payload, signatures } = JSON.parse(envelope) as Envelope;
  const hashed = (bytes: string | Buffer) => ({
    algorithm: 'sha256',
    value: createHash('sha256').update(bytes).digest('hex'),
  });
  return {
    ...entry,
    spec: {
      envelopeHash: hashed(envelope),
      payloadHash: hashed(Buffer.from(payload, 'base64')),
      signatures: signatures.map(({ sig }, at) => ({ signature: sig, verifier: verifiers[at] })),
    },
  };
}

interface DsseSpec {
  readonly proposedContent: { readonly envelope: string; readonly verifiers: readonly string[] };
}

interface Envelope {
  readonly payload: string;
  readonly signatures: readonly { readonly sig: string }[];
}

const EARLY = '2020-01-01T00:00:00Z';

function keyPair() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function logJson(baseUrl: string, publicKey: Buffer, id: ArrayBufferView) {
  return {
    baseUrl,
    hashAlgorithm: 'SHA2_256',
    publicKey: {
      rawBytes: base64(publicKey),
      keyDetails: 'PKIX_ECDSA_P256_SHA_256',
      validFor: { start: EARLY },
    },
    logId: { keyId: base64(id) },
  };
}

function base64({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function answer(
  handlers: ReadonlyMap<string, HandlerFn>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const handler = handlers.get(request.url ?? '');
  if (!handler) {
    response.writeHead(404).end();
    return;
  }
  const { statusCode, response: body, contentType } = await handler(Buffer.concat(pieces).toString());
  response.writeHead(statusCode, { 'content-type': contentType ?? 'text/plain' }).end(body);
}
