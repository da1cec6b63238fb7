import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

interface Packument {
  readonly name: string;
  readonly versions: Record<string, { readonly dist: { readonly integrity: string } }>;
  readonly 'dist-tags': Record<string, string>;
  readonly _attachments?: Record<string, { readonly data: string }>;
}

/** A secret of this server that only its token exchange gives away. */
const NPM_TOKEN = 'npm_of_a_test';
const JOB_TOKEN = 'request token of a test';

/**
 * A registry that takes packages from trusted publishers only, and the issuer of their identity tokens, as GitHub's
 * (npm's registry API; npm 11, lib/utils/oidc.js).
 */
export class PublishingRegistry {
  readonly packages = new Map<string, Packument>();
  /** The names that were published, in order. */
  readonly published: string[] = [];
  /** Packages that the registry refuses with 503. */
  readonly broken = new Set<string>();
  private readonly server: Server = createServer((request, response) => {
    void this.answer(request).then(
      ([status, body]) => response.writeHead(status, { 'content-type': 'application/json' }).end(body),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });

  async start(): Promise<this> {
    await new Promise<void>((done) => void this.server.listen(0, '127.0.0.1', done));
    return this;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  /** What GitHub sets for a job with `id-token: write`. */
  get jobEnv(): Record<string, string> {
    return {
      GITHUB_ACTIONS: 'true',
      ACTIONS_ID_TOKEN_REQUEST_URL: `${this.url}id-token?version=1`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: JOB_TOKEN,
    };
  }

  private async answer(request: IncomingMessage): Promise<[number, string]> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const bearer = request.headers.authorization?.replace('Bearer ', '');
    if (pathname === '/id-token')
      return bearer === JOB_TOKEN ? [200, idToken(searchParams.get('audience'))] : [401, '{}'];
    if (pathname.startsWith('/-/npm/v1/oidc/token/exchange/package/'))
      return bearer === 'identity for npm:127.0.0.1'
        ? [201, JSON.stringify({ token: NPM_TOKEN })]
        : [401, '{}'];
    const name = decodeURIComponent(pathname.slice(1));
    if (request.method === 'PUT') return this.publish(name, bearer, await text(request));
    const known = this.packages.get(name);
    return known ? [200, JSON.stringify(known)] : [404, '{}'];
  }

  private publish(name: string, bearer: string | undefined, body: string): [number, string] {
    if (bearer !== NPM_TOKEN) return [401, '{}'];
    if (this.broken.has(name)) return [503, '{}'];
    const { _attachments: attachments = {}, ...packument } = JSON.parse(body) as Packument;
    if (Object.keys(attachments).length === 0) return [400, '{}'];
    this.packages.set(name, packument);
    this.published.push(name);
    return [201, '{}'];
  }
}

const idToken = (audience: string | null): string => JSON.stringify({ value: `identity for ${audience}` });
