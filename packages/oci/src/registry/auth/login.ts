import { isDowngrade, type HttpClient } from '@image-tooling/host';
import { cutText, fail, ok, type Failed, type Result } from '@image-tooling/model';
import type { RepositoryName } from '../reference';
import { repositoryText } from '../reference';
import type { RegistryRequest } from '../send';
import type { RepositoryBase } from '../transport/base';
import type { Secrets } from '../transport/secrets';
import { parseChallenges, type Challenge } from './challenge';
import type { Credentials } from './credentials';
import {
  mayNot,
  noCredentials,
  strangeChallenge,
  unaskedCredentials,
  wrongCredentials,
  type Subject,
} from './failures';
import { merged, parseScope, scopeOf, type Scope } from './scope';
import { basicHeader, fetchToken, type TokenService } from './token';
import { Tokens } from './tokens';

/** The authentication method of a registry, known from its first refusal. */
type Way = { readonly kind: 'basic' } | { readonly kind: 'bearer'; readonly service: TokenService };

/** Value of an Authorization header; undefined if the registry has not asked for one. */
export type Authorization = string | undefined;

/** An answer with 401 or 403: its status, the registry's messages, and the header that was sent. */
export interface Refused {
  readonly status: number;
  readonly words: readonly string[];
  readonly used: Authorization;
}

/** The parts of a login. */
export interface LoginSource {
  readonly name: RepositoryName;
  readonly base: RepositoryBase;
  readonly secrets: Secrets;
  readonly find: () => Promise<Result<Credentials | undefined>>;
  readonly client: HttpClient;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

/**
 * Logs in to one repository of a registry: finds credentials when they are first needed, caches tokens. Requests to
 * token services use the same client.
 */
export class Login {
  private way: Way | undefined;
  private credentials: Promise<Result<Credentials | undefined>> | undefined;
  /** Refused credentials are not sent again: too many attempts lock an account. */
  private refused: Failed | undefined;
  private readonly tokens: Tokens;

  constructor(private readonly from: LoginSource) {
    this.tokens = new Tokens(from.now);
  }

  /**
   * Returns the header for a request, from the registry's challenges so far. Fails with `registry-auth`, or as a token
   * request.
   */
  async current(request: RegistryRequest): Promise<Result<Authorization>> {
    return this.way ? this.header(this.way, this.scope(request), request) : ok(undefined);
  }

  /** Returns a new header for a request after the registry answered 401 to the header `used`. */
  async renewed(
    request: RegistryRequest,
    used: Authorization,
    challenge: string,
  ): Promise<Result<Authorization>> {
    if (used !== undefined) this.tokens.drop(used.replace(/^Bearer /, ''));
    const challenges = parseChallenges(challenge);
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (!bearer && !challenges.some(({ scheme }) => scheme === 'basic'))
      return fail(strangeChallenge(this.subject(request), shownChallenge(challenge)));
    const way = bearer ? this.bearerWay(request, bearer) : ok({ kind: 'basic' } as const);
    if (!way.ok) return way;
    this.way = way.value;
    const asked = parseScope(bearer?.parameters['scope'] ?? '');
    return this.header(this.way, merged(this.scope(request), asked), request);
  }

  /** Returns the failure for a request that is still refused after the login: 401 again, or 403. */
  async refusal(request: RegistryRequest, { status, words, used }: Refused): Promise<Failed> {
    const subject = this.subject(request);
    const credentials = await this.found();
    if (!credentials.ok) return credentials;
    const asked = used === undefined ? 'without a login' : 'with an anonymous token';
    if (!credentials.value) return fail(noCredentials(subject, { status, asked, words }));
    if (used === undefined) return fail(unaskedCredentials(subject, credentials.value, words));
    if (status === 403 || used.startsWith('Bearer '))
      return fail(mayNot(subject, credentials.value, { status, actions: request.scope, words }));
    return this.remembered(fail(wrongCredentials(subject, credentials.value, status, words)));
  }

  private async header(way: Way, scope: Scope, request: RegistryRequest): Promise<Result<Authorization>> {
    if (this.refused) return this.refused;
    const credentials = await this.found();
    if (!credentials.ok) return credentials;
    if (credentials.value?.kind === 'token') return ok(`Bearer ${credentials.value.token}`);
    if (way.kind === 'basic') return this.basic(credentials.value, request);
    const token = await this.tokens.get(scope, (wanted) =>
      fetchToken(this.from, {
        ...{ service: way.service, scope: wanted, subject: this.subject(request) },
        ...(credentials.value && { credentials: credentials.value }),
        ...(request.signal && { signal: request.signal }),
      }),
    );
    if (token.ok) return ok(`Bearer ${token.value.value}`);
    return token.failures[0].code === 'registry-auth' ? this.remembered(token) : token;
  }

  private basic(credentials: Credentials | undefined, request: RegistryRequest): Result<Authorization> {
    if (!credentials) return fail(noCredentials(this.subject(request), { status: 401 }));
    if (credentials.kind === 'password') return ok(basicHeader(credentials));
    return fail(
      strangeChallenge(
        this.subject(request),
        `it requires a user name and password, but ${credentials.from} has a token`,
      ),
    );
  }

  private bearerWay(request: RegistryRequest, { parameters }: Challenge): Result<Way> {
    const { realm = '', service = '' } = parameters;
    const subject = this.subject(request);
    if (!URL.canParse(realm)) return fail(strangeChallenge(subject, 'its token service has no URL'));
    const url = new URL(realm);
    url.username = url.password = url.hash = '';
    if (isDowngrade(this.from.base.url, url))
      return fail(strangeChallenge(subject, `its token service does not use https: ${url.origin}`));
    return ok({ kind: 'bearer', service: { realm: url, service } });
  }

  private remembered(refused: Failed): Failed {
    this.refused = refused;
    return refused;
  }

  private found(): Promise<Result<Credentials | undefined>> {
    this.credentials ??= this.from.find().then((found) => {
      if (found.ok && found.value) this.from.secrets.add(...secretsOf(found.value));
      return found;
    });
    return this.credentials;
  }

  private scope(request: RegistryRequest): Scope {
    return scopeOf(this.from.base.path, request.scope);
  }

  private subject({ purpose }: RegistryRequest): Subject {
    return { purpose, registry: this.from.name.registry, repository: repositoryText(this.from.name) };
  }
}

function secretsOf(credentials: Credentials): string[] {
  if (credentials.kind !== 'password') return [credentials.token];
  return [credentials.password, basicHeader(credentials).slice('Basic '.length)];
}

const SHOWN_CHARACTERS = 80;

function shownChallenge(header: string): string {
  if (header === '') return 'it answers 401 without a challenge';
  return `WWW-Authenticate: ${cutText(header, SHOWN_CHARACTERS)}`;
}
