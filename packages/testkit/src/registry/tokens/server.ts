import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Step } from '../proxy/exchange';
import { answerItself, errorAnswer } from '../proxy/send';
import type { UserPassword } from '../real/config';
import { covers, neededScopes, parseScopes, scopeText, type Scope } from './scope';

export interface TokenServerOptions {
  /** Default: anyone gets every token. */
  readonly user?: UserPassword;
  /** What anonymous clients get if there is a user. Default: nothing, 401. */
  readonly anonymous?: 'pull' | 'nothing';
  /** Lifetime of a token in seconds. Default 300. */
  readonly seconds?: number;
  /** Number of requests with one token. Default: any number. */
  readonly uses?: number;
  /** Reported lifetime; default: the real one. */
  readonly saysSeconds?: number;
  /** By how much its clock is ahead of ours. */
  readonly clockSeconds?: number;
  /** Whether POST is answered too (OAuth2: "password", "refresh_token"). Default true; false: 404. */
  readonly oauth2?: boolean;
}

/** A request for a token. */
export interface TokenRequest {
  readonly method: string;
  readonly service: string;
  readonly scopes: readonly string[];
  /** The user who asked; undefined: without credentials. */
  readonly user?: string;
  readonly status: number;
}

interface Issued {
  readonly scopes: readonly Scope[];
  readonly ends: number;
  uses: number;
}

/**
 * Starts a token server (distribution, "Token Authentication Specification") and the step by which a proxy
 * asks for its tokens.
 */
export async function startTokenServer(options: TokenServerOptions = {}): Promise<TokenServer> {
  const server = new TokenServer(options);
  await server.start();
  return server;
}

export class TokenServer {
  /** In the order in which they came; without passwords. */
  readonly requests: TokenRequest[] = [];
  readonly service = 'registry.test';
  /** What a client may send as identity token ("refresh_token") in place of a password. */
  readonly identityToken = `identity-${randomUUID()}`;
  private readonly tokens = new Map<string, Issued>();
  private readonly server: Server;

  constructor(private options: TokenServerOptions) {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From now on; issued tokens keep their scope. */
  change(options: Partial<TokenServerOptions>): void {
    this.options = { ...this.options, ...options };
  }

  /** Invalidates all issued tokens. */
  expireAll(): void {
    this.tokens.clear();
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  /** Lets requests with a good token through, without it; answers others with 401 and where to get one. */
  readonly step: Step = async (exchange, next) => {
    const needed = neededScopes(exchange);
    const token = /^Bearer (.+)$/i.exec(exchange.record.headers.authorization ?? '')?.[1];
    const error = this.errorOf(token, needed);
    const { authorization: _, ...headers } = exchange.headers;
    exchange.headers = headers;
    if (error === undefined) return next();
    const scope = needed.length > 0 ? `,scope="${scopeText(needed)}"` : '';
    const why = error === '' ? '' : `,error="${error}"`;
    const challenge = `Bearer realm="${this.url}/token",service="${this.service}"${scope}${why}`;
    const answer = errorAnswer(401, 'UNAUTHORIZED', 'authentication required');
    return answerItself(exchange, {
      ...answer,
      headers: { ...answer.headers, 'www-authenticate': challenge },
    });
  };

  /**
   * Returns what is wrong with a token (RFC 6750, section 3.1); empty if it is missing, undefined if it is
   * valid.
   */
  private errorOf(token: string | undefined, needed: readonly Scope[]): string | undefined {
    if (token === undefined) return '';
    const issued = this.tokens.get(token);
    if (!issued || issued.ends < Date.now() || issued.uses <= 0) return 'invalid_token';
    issued.uses--;
    return covers(issued.scopes, needed) ? undefined : 'insufficient_scope';
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { searchParams } = new URL(request.url ?? '/', this.url);
    const isPost = request.method === 'POST';
    const fields = isPost ? new URLSearchParams(await text(request)) : searchParams;
    const who = isPost ? this.ofForm(fields) : this.ofHeader(request.headers.authorization);
    const scopes = fields.getAll('scope');
    const status = isPost && this.options.oauth2 === false ? 404 : who.allowed ? 200 : 401;
    const { user } = who;
    const service = fields.get('service') ?? '';
    this.requests.push({
      method: request.method ?? '',
      service,
      scopes,
      ...(user !== undefined && { user }),
      status,
    });
    const body =
      status === 200
        ? this.issue(parseScopes(scopes), user !== undefined)
        : { details: 'incorrect username or password' };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  private issue(scopes: readonly Scope[], known: boolean): object {
    const { seconds = 300, uses = Infinity, saysSeconds = seconds, clockSeconds = 0 } = this.options;
    const everything = known || !this.options.user;
    const granted = everything ? scopes : scopes.map(({ repository }) => ({ repository, actions: ['pull'] }));
    const token = randomUUID();
    this.tokens.set(token, { scopes: granted, ends: Date.now() + seconds * 1000, uses });
    const issuedAt = new Date(Date.now() + clockSeconds * 1000).toISOString();
    return { token, access_token: token, expires_in: saysSeconds, issued_at: issuedAt };
  }

  private ofHeader(header = ''): { user?: string; allowed: boolean } {
    const basic = /^Basic (.+)$/i.exec(header)?.[1];
    if (basic === undefined) return { allowed: !this.options.user || this.options.anonymous === 'pull' };
    const [user = '', ...password] = Buffer.from(basic, 'base64').toString().split(':');
    return this.ofPassword(user, password.join(':'));
  }

  private ofForm(fields: URLSearchParams): { user?: string; allowed: boolean } {
    if (fields.get('grant_type') === 'refresh_token')
      return { user: '<identity token>', allowed: fields.get('refresh_token') === this.identityToken };
    return this.ofPassword(fields.get('username') ?? '', fields.get('password') ?? '');
  }

  private ofPassword(user: string, password: string): { user: string; allowed: boolean } {
    const wanted = this.options.user;
    return { user, allowed: !wanted || (user === wanted.user && password === wanted.password) };
  }
}
