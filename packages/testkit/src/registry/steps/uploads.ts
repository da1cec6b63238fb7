import { bodyOf, type Exchange, type Step } from '../proxy/exchange';
import { answerItself, errorAnswer, piecesOf, type PlainAnswer } from '../proxy/send';
import { EMPTY_BODY, plainRequest, type RegistryAddress } from '../read/get';
import { askedOf } from './asked';

/** The state of an upload. */
interface Upload {
  /** Path and query where the registry takes what comes next. */
  address: string;
  /** Bytes that the registry has. */
  size: number;
  /** Done when no request writes to it any more. */
  writing: Promise<unknown>;
}

/**
 * Keeps what has come of an upload whose connection broke, so that it can go on from there (OCI
 * distribution-spec 1.1, "Pushing a blob in chunks"): docker-registry 2.8 gives such an upload up (404,
 * BLOB_UPLOAD_INVALID). What comes is passed on in pieces, each a PATCH of its own; what does not fill a
 * piece when the connection breaks is lost.
 */
export function resumableUploads(upstream: RegistryAddress, pieceBytes = 65_536): Step {
  const uploads = new Map<string, Upload>();
  return async (exchange, next) => {
    const id = uploadOf(exchange);
    if (id === undefined) return next();
    const upload = uploads.get(id) ?? { address: exchange.target, size: 0, writing: Promise.resolve() };
    uploads.set(id, upload);
    await upload.writing.catch(() => undefined);
    const { method } = exchange.record;
    if (method === 'GET') return answerItself(exchange, answerOf(exchange, upload, 204));
    if (method !== 'PATCH' && method !== 'PUT') return next();
    const from = /^(\d+)-/.exec(exchange.request.headers['content-range'] ?? '')?.[1];
    if (from !== undefined && Number(from) !== upload.size)
      return answerItself(exchange, answerOf(exchange, upload, 416));
    return write(exchange, upstream, upload, pieceBytes);
  };
}

function uploadOf(exchange: Exchange): string | undefined {
  const asked = askedOf(exchange);
  return asked?.kind === 'blobs' ? /^uploads\/(.+)$/.exec(asked.rest)?.[1] : undefined;
}

async function write(
  exchange: Exchange,
  upstream: RegistryAddress,
  upload: Upload,
  pieceBytes: number,
): Promise<void> {
  const writing = writePieces(exchange, upstream, upload, pieceBytes);
  upload.writing = writing;
  const problem = await writing;
  if (problem) return answerItself(exchange, problem);
  if (exchange.record.method === 'PATCH') return answerItself(exchange, answerOf(exchange, upload, 202));
  const digest = new URL(exchange.target, upstream.url).searchParams.get('digest') ?? '';
  const ending = `${upload.address}&digest=${encodeURIComponent(digest)}`;
  const { status, headers, body } = await plainRequest(upstream, 'PUT', ending, EMPTY_BODY);
  const kept = ['location', 'docker-content-digest', 'content-type'].flatMap((name) =>
    typeof headers[name] === 'string' ? [[name, headers[name]] as const] : [],
  );
  return answerItself(exchange, { status, headers: Object.fromEntries(kept), body });
}

/** Returns the registry's error, if any. Rejects if the client's connection breaks. */
async function writePieces(
  exchange: Exchange,
  upstream: RegistryAddress,
  upload: Upload,
  pieceBytes: number,
): Promise<PlainAnswer | undefined> {
  for await (const piece of piecesOf(bodyOf(exchange), pieceBytes)) {
    const { status, headers, body } = await plainRequest(upstream, 'PATCH', upload.address, { body: piece });
    if (status !== 202)
      return status === 404 ? errorAnswer(404, 'BLOB_UPLOAD_UNKNOWN', 'no such upload') : { status, body };
    const { pathname, search } = new URL(String(headers['location']), upstream.url);
    upload.address = pathname + search;
    upload.size += piece.length;
  }
  return undefined;
}

function answerOf({ request }: Exchange, { address, size }: Upload, status: number): PlainAnswer {
  const location = `http://${request.headers.host ?? ''}${address}`;
  return { status, headers: { location, range: `0-${Math.max(0, size - 1)}`, 'content-length': '0' } };
}
