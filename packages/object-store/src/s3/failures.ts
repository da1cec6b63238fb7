import { Fault, type HttpAnswer, type HttpRequest, type RequestError } from '@image-tooling/host';

const HINTS: Readonly<Record<string, string>> = {
  AccessDenied: 'Allow s3:GetObject, s3:PutObject, s3:DeleteObject, and s3:ListBucket for the bucket.',
  NoSuchBucket: 'Create the bucket, or correct its name and the endpoint (AWS_ENDPOINT_URL).',
  PermanentRedirect: 'Set AWS_REGION to the region of the bucket.',
  AuthorizationHeaderMalformed: 'Set AWS_REGION to the region of the bucket.',
  RequestTimeTooSkewed: 'Correct the clock of this machine.',
  SignatureDoesNotMatch: 'Check AWS_SECRET_ACCESS_KEY.',
  InvalidAccessKeyId: 'Check AWS_ACCESS_KEY_ID.',
  ExpiredToken: 'The credentials have expired: get new ones.',
};

/** An answer of S3 that is an error. */
export interface S3Error {
  /** "NoSuchKey"; empty if the answer has none. */
  readonly code: string;
  readonly message: string;
}

const MOST_BYTES = 16_384;

/** Reads the error of an answer (S3 API Reference, "Error responses"): XML, or nothing after HEAD. */
export async function readError({ body }: HttpAnswer): Promise<S3Error> {
  let text = '';
  try {
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      text += Buffer.from(piece).toString('latin1');
      if (text.length > MOST_BYTES) break;
    }
  } catch {
    // The status says enough.
  }
  return { code: element(text, 'Code'), message: element(text, 'Message') };
}

function element(text: string, name: string): string {
  return new RegExp(`<${name}>([^<]{1,500})</${name}>`).exec(text)?.[1] ?? '';
}

/** Returns the fault for an answer that is an error. */
export function refused({ purpose, url }: HttpRequest, status: number, { code, message }: S3Error): Fault {
  const words = [code, message].filter(Boolean).join(': ');
  const hint = HINTS[code];
  return new Fault({
    code: 'http-status',
    message: `Could not ${purpose}: ${url.host} answered ${status}${words && ` (${words})`}.`,
    ...(hint !== undefined && { hint }),
  });
}

/** Returns the fault for a request without an answer, or with one that broke. */
export function unanswered({ code, words, hint }: RequestError, { purpose, url }: HttpRequest): Fault {
  if (code === 'aborted') return new Fault({ code, message: `Stopped: ${purpose}.` });
  const message = `Could not ${purpose}: ${url.host} ${words}.`;
  return new Fault({ code, message, ...(hint !== undefined && { hint }) });
}
