import type { HttpRequest, RequestError } from '@image-tooling/host';
import type { Failure } from '@image-tooling/model';

const NOT_HTTPS_HINT = 'If it supports only http, allow that: plainHttp in nx.json, or --plain-http.';
const NOT_HTTP_HINT =
  'Check that this is the address of a registry. Another program may use its port, or a proxy in front of it may be broken.';
const HINT = 'Check the network and the proxy, then run it again: finished work is kept.';

/** Returns the failure of a request: its purpose, the host, and the error. */
export function requestFailure(error: RequestError, request: HttpRequest, tries = 1): Failure {
  const { code, words } = error;
  const { purpose, url } = request;
  if (code === 'aborted') return stoppedFailure(request);
  const times = tries > 1 ? `; tried ${tries} times` : '';
  return { code, message: `Could not ${purpose}: ${url.host} ${words}${times}.`, hint: hintOf(error) };
}

/** Returns the failure of a request that was not sent because the run was stopped. */
export function stoppedFailure({ purpose }: HttpRequest): Failure {
  return { code: 'aborted', message: `Stopped: ${purpose}.` };
}

function hintOf({ kind, hint = HINT }: RequestError): string {
  if (kind === undefined) return hint;
  return kind === 'not-https' ? NOT_HTTPS_HINT : NOT_HTTP_HINT;
}
