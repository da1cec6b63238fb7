import {
  discardBody,
  Fault,
  isAnswer,
  type HttpAnswer,
  type HttpClient,
  type HttpRequest,
} from '@image-tooling/host';
import type { CacheSource, FoundEntry, NewEntry, Stored } from './source';
import type { Tokens } from './tokens';

export interface ServerOptions {
  /** "https://cache.example", without a slash at its end. */
  readonly url: string;
  readonly client: HttpClient;
  readonly tokens: Tokens;
}

type Asked = Pick<HttpRequest, 'method' | 'body' | 'purpose'>;

/** Opens a server with Nx's API for caches (nx.dev, "Build your own caching server"). */
export function openServer({ url, client, tokens }: ServerOptions): CacheSource {
  return new Server(url, client, tokens);
}

class Server implements CacheSource {
  constructor(
    readonly name: string,
    private readonly client: HttpClient,
    private readonly tokens: Tokens,
  ) {}

  async get(hash: string, signal: AbortSignal): Promise<FoundEntry | undefined> {
    const answer = await this.ask(hash, { method: 'GET', purpose: 'read a cache entry' }, signal);
    if (answer.status === 200) return { size: sizeOf(answer), body: answer.body };
    await discardBody(answer);
    if (answer.status === 404 && isMiss(answer)) return undefined;
    throw this.refusal(answer);
  }

  async put(hash: string, body: NewEntry, signal: AbortSignal): Promise<Stored> {
    const answer = await this.ask(hash, { method: 'PUT', body, purpose: 'write a cache entry' }, signal);
    await discardBody(answer);
    if (answer.status >= 200 && answer.status < 300) return 'stored';
    if (answer.status === 409) return 'exists';
    if (answer.status === 403 && !FULL.has(reasonOf(answer))) return 'refused';
    throw this.refusal(answer);
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  /** Sends a request; with another token if the server refused the first. */
  private async ask(hash: string, asked: Asked, signal: AbortSignal): Promise<HttpAnswer> {
    const token = await this.tokens.current(signal);
    const answer = await this.send(hash, asked, token, signal);
    if (!isTokenRefused(answer) || !this.tokens.discard(token)) return answer;
    await discardBody(answer);
    return this.send(hash, asked, await this.tokens.current(signal), signal);
  }

  private async send(
    hash: string,
    asked: Asked,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const { outcome } = await this.client.send({
      ...asked,
      url: new URL(`${this.name}/v1/cache/${hash}`),
      ...(asked.body && { headers: { 'content-type': 'application/octet-stream' } }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      signal,
    });
    if (!isAnswer(outcome)) throw this.fault(outcome.words, outcome.hint);
    return outcome;
  }

  private refusal(answer: HttpAnswer): Fault {
    const reason = reasonOf(answer);
    const words = `answered ${answer.status}${reason === '' ? '' : ` (${reason})`}`;
    const isRefused = isTokenRefused(answer) || (answer.status === 403 && !FULL.has(reason));
    return this.fault(words, isRefused ? `It does not accept ${this.tokens.from}.` : undefined);
  }

  private fault(words: string, hint?: string): Fault {
    return new Fault({
      code: 'network',
      message: `${this.name} ${words}`,
      ...(hint !== undefined && { hint }),
    });
  }
}

function sizeOf({ headers }: HttpAnswer): number | undefined {
  const text = headers['content-length'] ?? '';
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Our own server answers 404 and 403 to everything, as Nx needs it, and says why in this header. */
function reasonOf({ headers }: HttpAnswer): string {
  return headers['x-cache-reason'] ?? '';
}

function isMiss(answer: HttpAnswer): boolean {
  return ['', 'miss', 'not-found'].includes(reasonOf(answer));
}

function isTokenRefused(answer: HttpAnswer): boolean {
  return answer.status === 401 || /token|issuer/.test(reasonOf(answer));
}

/** The server has no space: another machine may not write either. */
const FULL = new Set(['too-large', 'quota', 'disk-full', 'storage']);
