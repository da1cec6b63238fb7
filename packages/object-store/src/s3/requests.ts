import {
  isAnswer,
  openHttpClient,
  type HttpAnswer,
  type HttpClient,
  type HttpRequest,
  type HttpTimings,
} from '@image-tooling/host';
import { AwsV4Signer } from 'aws4fetch';
import type { S3Address } from './address';
import type { S3Credentials } from './credentials';
import { readError, refused, unanswered } from './failures';

/** Shorter than for downloads: a cache that needs a minute is slower than the work it saves. */
export const S3_TIMINGS: HttpTimings = {
  connectSeconds: 5,
  readAnswerSeconds: 15,
  writeAnswerSeconds: 60,
  stallSeconds: 20,
  slowSeconds: 30,
  leastBytesPerSecond: 0,
  tries: 4,
  timeoutTries: 2,
  backoffSeconds: 0.2,
  shortestWaitSeconds: 0,
  longestWaitSeconds: 5,
  longestAskedWaitSeconds: 10,
};

export interface S3Request extends Pick<HttpRequest, 'method' | 'body' | 'headers' | 'purpose'> {
  /** Percent-encoded; below the bucket. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Of the body, in hexadecimal digits. */
  readonly sha256?: string;
  /** Statuses that are not errors. */
  readonly expected: readonly number[];
  readonly signal: AbortSignal | undefined;
}

type Unsigned = Omit<S3Request, 'expected'>;

export interface S3Answer extends HttpAnswer {
  readonly tries: number;
}

/** Sends signed requests to one bucket. */
export class S3Requests {
  private readonly client: HttpClient;
  private readonly keys = new Map<string, ArrayBuffer>();

  constructor(
    private readonly address: S3Address,
    private readonly credentials: S3Credentials,
    options: {
      readonly env: NodeJS.ProcessEnv;
      readonly timings: HttpTimings;
      readonly signal?: AbortSignal;
    },
  ) {
    const errorFor = unanswered;
    this.client = openHttpClient({ ...options, errorFor });
  }

  /** Returns the answer if its status is expected. Throws a `Fault`. */
  async send(request: S3Request): Promise<S3Answer> {
    const { expected, ...unsigned } = request;
    const signed = await this.signed(unsigned);
    const { outcome, tries } = await this.client.send(signed);
    if (!isAnswer(outcome)) throw unanswered(outcome, signed);
    if (expected.includes(outcome.status)) return { ...outcome, tries };
    throw refused(signed, outcome.status, await readError(outcome));
  }

  close(): Promise<void> {
    return this.client.close();
  }

  private async signed({ path, query, sha256, signal, ...rest }: Unsigned): Promise<HttpRequest> {
    const url = new URL(this.address.bucketUrl + path);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    const content = sha256 ?? (rest.body ? 'UNSIGNED-PAYLOAD' : NO_BYTES);
    const headers = { ...rest.headers, 'x-amz-content-sha256': content };
    const { region } = this.address;
    const asked = { method: rest.method, url: url.href, headers, service: 's3', region, cache: this.keys };
    const { headers: made } = await new AwsV4Signer({ ...asked, ...this.credentials }).sign();
    const { authorization, ...others } = Object.fromEntries(made);
    return {
      ...rest,
      url,
      headers: others,
      ...(authorization !== undefined && { authorization }),
      ...(signal && { signal }),
    };
  }
}

/** The sha256 of nothing. */
const NO_BYTES = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
