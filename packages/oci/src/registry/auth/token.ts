import type { HttpClient, HttpRequest } from '@image-tooling/host';
import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import type { RegistryAnswer } from '../send';
import { errorLines } from '../answers/error-lines';
import { readStart } from '../answers/read';
import { refusalFailure } from '../answers/refusal';
import { settled } from '../answers/settled';
import { withParameters } from '../transport/query';
import type { Secrets } from '../transport/secrets';
import type { Credentials } from './credentials';
import { mayNot, noCredentials, strangeChallenge, wrongCredentials, type Subject } from './failures';
import { objectIn, textIn } from './fields';
import { scopeTexts, type Scope } from './scope';

/** A token of a token service: it allows `scope` until `expiresAt`. */
export interface Token {
  readonly value: string;
  readonly scope: Scope;
  /** Milliseconds on the clock of `TokenClient.now`. */
  readonly expiresAt: number;
}

/** A token service, as a registry's challenge names it. */
export interface TokenService {
  readonly realm: URL;
  readonly service: string;
}

/** The lifetime of a token that states none (Distribution, "Token Authentication Specification", `expires_in`). */
const DEFAULT_LIFE_SECONDS = 60;
/** The clock difference that is allowed for; a quarter of a short lifetime. */
const LEEWAY_SECONDS = 15;
/** As oras-go (registry/remote/auth/client.go, maxResponseBytes). */
const ANSWER_BYTES = 131_072;
const CLIENT_ID = 'image-tooling';

/** A request for a token. */
export interface TokenRequest {
  readonly service: TokenService;
  readonly scope: Scope;
  /** Undefined: an anonymous token. */
  readonly credentials?: Credentials;
  readonly subject: Subject;
  readonly signal?: AbortSignal;
}

/** The client for token services. */
export interface TokenClient {
  readonly client: HttpClient;
  /** Tokens are added to them. */
  readonly secrets: Secrets;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

/** Requests a token from a token service. Fails as `settled`, and with `registry-auth`. */
export async function fetchToken(
  { client, secrets, now }: TokenClient,
  wanted: TokenRequest,
): Promise<Result<Token>> {
  const asked = now();
  const request = tokenRequest(wanted);
  const answer = await settled(await client.send(request), request, secrets);
  if (!answer.ok) return answer;
  if (answer.value.status !== 200) return fail(await tokenRefusal(answer.value, request, wanted));
  const { service, scope, subject } = wanted;
  const token = parsedToken((await readStart(answer.value.body, ANSWER_BYTES)).toString('utf8'));
  if (!token) return fail(strangeChallenge(subject, `no token came from ${service.realm.host}`));
  secrets.add(token.value);
  return ok({ value: token.value, scope, expiresAt: asked + token.seconds * 1000 });
}

function tokenRequest({ service, scope, credentials, subject, signal }: TokenRequest): HttpRequest {
  const purpose = `log in to ${subject.registry} (to ${subject.purpose})`;
  const common = { purpose, repeatable: true, ...(signal && { signal }) };
  if (credentials?.kind === 'identity')
    return { ...common, ...oauthRequest(service, scope, credentials.token) };
  return {
    ...common,
    method: 'GET',
    url: withParameters(service.realm, [
      ...(service.service === '' ? [] : [['service', service.service] as const]),
      ...scopeTexts(scope).map((text) => ['scope', text] as const),
    ]),
    ...(credentials?.kind === 'password' && { authorization: basicHeader(credentials) }),
  };
}

/** Distribution, "OAuth2 Token Authentication": an identity token is a refresh token (RFC 6749 section 6). */
function oauthRequest(
  { realm, service }: TokenService,
  scope: Scope,
  token: string,
): Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body' | 'isBodySecret'> {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    service,
    client_id: CLIENT_ID,
    scope: scopeTexts(scope).join(' '),
    refresh_token: token,
  });
  const bytes = Buffer.from(form.toString());
  return {
    method: 'POST',
    url: realm,
    isBodySecret: true,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: {
      size: bytes.byteLength,
      async *open() {
        yield bytes;
      },
    },
  };
}

/** RFC 7617 section 2, in UTF-8. */
export function basicHeader({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

async function tokenRefusal(
  answer: RegistryAnswer,
  request: HttpRequest,
  { credentials, subject, scope }: TokenRequest,
): Promise<Failure> {
  const words = await errorLines(answer);
  // RFC 6749 section 5.2: an expired refresh token is 400, invalid_grant.
  const isInvalidGrant = answer.status === 400 && request.method === 'POST';
  if (![401, 403].includes(answer.status) && !isInvalidGrant) return refusalFailure(answer, request, words);
  const { status } = answer;
  if (!credentials) return noCredentials(subject, { status, words });
  if (status === 403) return mayNot(subject, credentials, { status, actions: scopeTexts(scope), words });
  return wrongCredentials(subject, credentials, status, words);
}

/** Returns `token`, or `access_token` as in OAuth 2.0, and its lifetime in seconds, less a leeway. */
function parsedToken(text: string): { value: string; seconds: number } | undefined {
  const fields = parsedObject(text);
  const value = textIn(fields, 'token') || textIn(fields, 'access_token');
  // A header can contain only visible ASCII.
  if (!/^[\x21-\x7e]+$/.test(value)) return undefined;
  const stated = Number(fields['expires_in']);
  const life = stated > 0 ? stated : DEFAULT_LIFE_SECONDS;
  return { value, seconds: life - Math.min(LEEWAY_SECONDS, life / 4) };
}

function parsedObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return objectIn(JSON.parse(text));
  } catch {
    return {};
  }
}
