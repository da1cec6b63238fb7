import { askedWait, Fault } from '@image-tooling/host';
import { spanText, type Failure } from '@image-tooling/model';
import type { RegistryAnswer, RegistryRequest } from '../transport/types';
import { errorLines } from './error-lines';
import { errorCodes, meaningOf, takesNoWrites } from './status-codes';

/** What a refused request was for. */
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
 * What a registry refused, and why as far as it says: `registry-refused` (takes no writes, or not such large ones),
 * `registry-full`, `registry-auth`, `checksum`, `gone` (no such repository or content) or `http-status`. Reads the
 * body.
 */
export async function refusalOf(answer: RegistryAnswer, asked: Asked): Promise<Refusal> {
  const words = await errorLines(answer);
  return new Refusal(refusalFailure(answer, asked, words), answer.status, errorCodes(words));
}

/** As `refusalOf`, of an answer whose own words were read. */
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
 * Whether an address that the registry redirected us to refuses us: where the registry itself does so, `withLogin` says
 * why.
 */
function isElsewhere({ status, hadLogin }: RegistryAnswer): boolean {
  return (status === 401 || status === 403) && hadLogin === false;
}

const ELSEWHERE_HINT =
  'It was asked without a login, which goes to the registry alone. An address that the registry signed may have expired: run it again; where it stays like this, look at the storage of the registry.';

/** Where the answer sends us, and for how long. */
function advice({ status, url, headers }: RegistryAnswer): string[] {
  const location = status >= 300 && status < 400 ? headers['location'] : undefined;
  const wait = askedWait(headers);
  return [
    ...(location === undefined ? [] : [`it says to go to ${originOf(location, url)}`]),
    ...(wait === undefined ? [] : [`it asks to retry after ${spanText(wait)}`]),
  ];
}

/** An address may hold a signature in its query: its origin says enough. */
function originOf(location: string, base: URL): string {
  return URL.canParse(location, base.href) ? new URL(location, base).origin : 'an invalid URL';
}
