import { askedWait, Fault } from '@image-tooling/host';
import { spanText, type Failure } from '@image-tooling/model';
import type { RegistryAnswer, RegistryRequest } from '../send';
import { errorLines } from './error-lines';
import { errorCodes, meaningOf, takesNoWrites } from './status-codes';

/** The purpose of a refused request. */
export type Asked = Pick<RegistryRequest, 'method' | 'purpose'>;

/** An answer with an unexpected status. */
export class Refusal extends Fault {
  constructor(
    failure: Failure,
    readonly status: number,
    /** The registry's error codes: `BLOB_UPLOAD_UNKNOWN`. */
    readonly codes: readonly string[],
  ) {
    super(failure);
  }
}

/**
 * Returns the failure for a refused request, with the reason that the registry gives: `registry-refused` (accepts no
 * writes, or none of this size), `registry-full`, `registry-auth`, `checksum`, `gone` (no such repository or content)
 * or `http-status`. Reads the body.
 */
export async function refusalOf(answer: RegistryAnswer, asked: Asked): Promise<Refusal> {
  const words = await errorLines(answer);
  return new Refusal(refusalFailure(answer, asked, words), answer.status, errorCodes(words));
}

/** As `refusalOf`, for an answer whose error messages were read. */
export function refusalFailure(answer: RegistryAnswer, asked: Asked, words: readonly string[]): Failure {
  const { status, url } = answer;
  const refused = { status, method: asked.method, words };
  const { code, says, hint } = meaningOf(refused);
  const said = [status, ...new Set(errorCodes(words))].join(' ');
  return {
    code,
    message: `Could not ${asked.purpose}: ${url.host} ${says(said)}.`,
    hint: isElsewhere(answer) && !takesNoWrites(refused) ? ELSEWHERE_HINT : hint,
    details: [...words, ...advice(answer)],
  };
}

/**
 * Whether the refusal comes from a host that the registry redirected to. `withLogin` reports those of the registry.
 */
function isElsewhere({ status, hadLogin }: RegistryAnswer): boolean {
  return (status === 401 || status === 403) && hadLogin === false;
}

const ELSEWHERE_HINT =
  'This host got no credentials: they are sent to the registry only. A signed URL from the registry may have expired: run it again; if it fails again, check the storage of the registry.';

/** Returns the redirect target and the retry time of an answer, as text. */
function advice({ status, url, headers }: RegistryAnswer): string[] {
  const location = status >= 300 && status < 400 ? headers['location'] : undefined;
  const wait = askedWait(headers);
  return [
    ...(location === undefined ? [] : [`it redirects to ${originOf(location, url)}`]),
    ...(wait === undefined ? [] : [`it asks to retry after ${spanText(wait)}`]),
  ];
}

/** Only the origin: the query may contain a signature. */
function originOf(location: string, base: URL): string {
  return URL.canParse(location, base.href) ? new URL(location, base).origin : 'an invalid URL';
}
