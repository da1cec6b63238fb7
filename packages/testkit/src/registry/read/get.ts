import { createHash } from 'node:crypto';
import { request } from 'node:http';

/** A registry by its address; with credentials if it needs them. */
export interface RegistryAddress {
  readonly url: string;
  /** Value of the Authorization header. */
  readonly authorization?: string;
}

/** What a request sends besides its address. */
export interface PlainContent {
  readonly body?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A body of no bytes, which is sent with `content-length: 0`. */
export const EMPTY_BODY: PlainContent = { body: new Uint8Array(0) };

export interface PlainResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

const ACCEPTED = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** One request by plain HTTP, with no code of our client. Rejects where the connection breaks. */
export function plainRequest(
  { url, authorization }: RegistryAddress,
  method: string,
  path: string,
  { body, headers = {} }: PlainContent = {},
): Promise<PlainResponse> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, url), {
      method,
      agent: false,
      headers: {
        accept: ACCEPTED,
        ...(authorization !== undefined && { authorization }),
        ...(body && { 'content-length': body.length }),
        ...headers,
      },
    });
    sent.on('error', reject);
    sent.on('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
      );
    });
    sent.end(body);
  });
}

/** `sha256:…` of bytes. */
export function sha256Of(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
