import { Fault, isAnswer, type HttpClient } from '@image-tooling/host';
import { jsonObject } from '@image-tooling/model';
import type { Tokens } from './tokens';

/** Variables of a job in GitHub Actions that has "permissions: id-token: write". */
export const REQUEST_URL = 'ACTIONS_ID_TOKEN_REQUEST_URL';
export const REQUEST_TOKEN = 'ACTIONS_ID_TOKEN_REQUEST_TOKEN';

export interface GitHubTokenOptions {
  readonly client: Pick<HttpClient, 'send'>;
  readonly url: string;
  readonly requestToken: string;
  readonly audience: string;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
}

interface Kept {
  readonly token: string;
  /** When another one is requested. */
  readonly until: number;
}

/** A fifth of a token's life is left when another one is requested: a minute of GitHub's five. */
const LEFT = 0.2;
/** Milliseconds that a token without times is used. */
const UNKNOWN_LIFE = 60_000;
const MOST_BYTES = 65_536;

/**
 * Gives identity tokens of GitHub Actions, which live five minutes, and requests another before one expires
 * (docs.github.com, "OpenID Connect reference").
 */
export class GitHubTokens implements Tokens {
  readonly from = "GitHub's identity token";
  private kept: Kept | undefined;
  private requested: Promise<Kept> | undefined;

  constructor(private readonly options: GitHubTokenOptions) {}

  async current(signal: AbortSignal): Promise<string> {
    if (this.kept && this.now() < this.kept.until) return this.kept.token;
    this.requested ??= this.request(signal).finally(() => (this.requested = undefined));
    this.kept = await this.requested;
    return this.kept.token;
  }

  discard(token: string | undefined): boolean {
    if (this.kept?.token === token) this.kept = undefined;
    return true;
  }

  private now(): number {
    return (this.options.now ?? performance.now.bind(performance))();
  }

  private async request(signal: AbortSignal): Promise<Kept> {
    const { client, url: base, requestToken, audience } = this.options;
    const url = new URL(base);
    url.searchParams.set('audience', audience);
    const since = this.now();
    const authorization = `Bearer ${requestToken}`;
    const { outcome } = await client.send({
      ...{ method: 'GET', url, authorization, purpose: 'get an identity token', signal },
    });
    if (!isAnswer(outcome)) throw refused(`${url.host} ${outcome.words}`);
    const bytes = await readBody(outcome.body);
    if (outcome.status !== 200) throw refused(`${url.host} answered ${outcome.status}`);
    const token = jsonObject(bytes)?.['value'];
    if (typeof token !== 'string' || token === '') throw refused(`${url.host} sent no token`);
    return { token, until: since + (lifeOf(token) ?? UNKNOWN_LIFE) * (1 - LEFT) };
  }
}

/** Returns a token's life in milliseconds by its own times: this machine's clock may be wrong. */
function lifeOf(token: string): number | undefined {
  const { iat, exp } = jsonObject(Buffer.from(token.split('.')[1] ?? '', 'base64url')) ?? {};
  return typeof iat === 'number' && typeof exp === 'number' ? Math.max(0, exp - iat) * 1000 : undefined;
}

async function readBody(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.byteLength;
    if (size > MOST_BYTES) throw refused('the answer is too large');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function refused(why: string): Fault {
  return new Fault({
    code: 'http-status',
    message: `GitHub Actions gave no identity token for the remote cache: ${why}.`,
    hint: 'Give the job "permissions: id-token: write".',
  });
}
