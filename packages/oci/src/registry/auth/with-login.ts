import {
  discardBody,
  isDowngrade,
  withoutLogin,
  type HttpClient,
  type HttpRequest,
} from '@image-tooling/host';
import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import { errorLines } from '../answers/error-lines';
import { refusalFailure } from '../answers/refusal';
import { settled } from '../answers/settled';
import { takesNoWrites } from '../answers/status-codes';
import { stoppedFailure } from '../transport/failures';
import type { Secrets } from '../transport/secrets';
import type { RegistryAnswer, RegistryRequest, Send } from '../send';
import type { Authorization, Login } from './login';

export interface LoginOptions {
  readonly login: Login;
  /** The URL of the registry: credentials are sent nowhere else. */
  readonly home: URL;
  readonly secrets: Secrets;
  readonly signal: AbortSignal;
}

/** Sends requests with the login that the registry requires; sends a request again if it answers with a challenge. */
export function withLogin(client: HttpClient, { login, home, secrets, signal }: LoginOptions): Send {
  return async (request) => {
    const refused = refusedBefore(request, home, request.signal ?? signal);
    if (refused) return fail(refused);
    if (request.url.origin !== home.origin)
      return settled(await client.send(withoutLogin(request)), request, secrets);
    const current = await login.current(request);
    if (!current.ok) return current;
    const first = await settled(await client.send(authorized(request, current.value)), request, secrets);
    if (!first.ok) return first;
    const { status, headers } = first.value;
    if (!isFromHome(first.value, request) || status !== 401)
      return judged(first.value, request, login, current.value);
    await discardBody(first.value);
    const renewed = await login.renewed(request, current.value, headers['www-authenticate'] ?? '');
    if (!renewed.ok) return renewed;
    const second = await settled(await client.send(authorized(request, renewed.value)), request, secrets);
    return second.ok ? judged(second.value, request, login, renewed.value) : second;
  };
}

function authorized(request: RegistryRequest, authorization: Authorization): HttpRequest {
  return { ...request, ...(authorization !== undefined && { authorization }) };
}

async function judged(
  answer: RegistryAnswer,
  request: RegistryRequest,
  login: Login,
  used: Authorization,
): Promise<Result<RegistryAnswer>> {
  const isRefusal = answer.status === 401 || answer.status === 403;
  if (!isRefusal || !isFromHome(answer, request)) return ok(answer);
  const words = await errorLines(answer);
  if (takesNoWrites({ status: answer.status, method: request.method, words }))
    return fail(refusalFailure(answer, request, words));
  return login.refusal(request, { status: answer.status, words, used });
}

/** Whether the registry itself answered, not a host that it redirected to. */
function isFromHome(answer: RegistryAnswer, request: RegistryRequest): boolean {
  return answer.url.origin === request.url.origin;
}

function refusedBefore(request: RegistryRequest, home: URL, signal: AbortSignal): Failure | undefined {
  if (signal.aborted) return stoppedFailure(request);
  if (!isDowngrade(home, request.url)) return undefined;
  return {
    code: 'network',
    message: `Could not ${request.purpose}: ${home.host} redirected from https to ${request.url.protocol}//${request.url.host}.`,
    hint: 'The registry does not know that it is behind https: set its external URL in its configuration.',
  };
}
