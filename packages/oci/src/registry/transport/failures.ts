import type { HttpRequest, RequestError } from '@image-tooling/host';
import type { Failure } from '@image-tooling/model';

const NOT_HTTPS_HINT = 'If it speaks http only, allow that: plainHttp in nx.json, or --plain-http.';
const NOT_HTTP_HINT =
  'Is this the address of a registry? Another program may have its port, or a proxy before it is broken.';
const HINT = 'Check the network and the proxy, then run it again: what is there already stays.';

/** Returns the failure of a request: what it was for, the host, and what that did. */
export function failureOf(error: RequestError, { purpose, url }: HttpRequest, tries = 1): Failure {
  const { code, words } = error;
  if (code === 'aborted') return { code, message: `Stopped before it was done: ${purpose}.` };
  const times = tries > 1 ? `; tried ${tries} times` : '';
  return { code, message: `Could not ${purpose}: ${url.host} ${words}${times}.`, hint: hintOf(error) };
}

function hintOf({ kind, hint = HINT }: RequestError): string {
  if (kind === undefined) return hint;
  return kind === 'not-https' ? NOT_HTTPS_HINT : NOT_HTTP_HINT;
}
