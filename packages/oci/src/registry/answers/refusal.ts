import type { Failure } from '@image-tooling/model';
import { Fault } from '../../fault';
import type { RegistryAnswer } from '../transport';
import { errorLines } from '../transport/error-body';

/** An answer that is none of those that were expected. */
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

/** The answer, where its status is one of these; else throws a `Refusal` with the registry's own words. */
export async function expectStatus(
  answer: RegistryAnswer,
  purpose: string,
  ...statuses: readonly number[]
): Promise<RegistryAnswer> {
  if (statuses.includes(answer.status)) return answer;
  throw await refusalOf(answer, purpose);
}

/** What a registry refused, and why as far as it says. Reads the body. */
export async function refusalOf(answer: RegistryAnswer, purpose: string): Promise<Refusal> {
  const { status, url } = answer;
  const lines = await errorLines(answer);
  const codes = lines.flatMap((line) => /^[A-Z_]+(?=:|$)/.exec(line)?.[0] ?? []);
  const failure: Failure = {
    ...kindOf(status, codes, lines.join('\n')),
    message: `Could not ${purpose}: ${url.host} answers ${[status, ...new Set(codes)].join(' ')}.`,
    ...(lines.length > 0 && { details: lines }),
  };
  return new Refusal(failure, status, codes);
}

/** Error codes: OCI distribution-spec 1.1, "Error Codes". */
function kindOf(status: number, codes: readonly string[], words: string): Pick<Failure, 'code' | 'hint'> {
  const says = (code: string): boolean => codes.includes(code);
  if (status === 507 || (status >= 500 && /no space left|disk quota|ENOSPC/i.test(words)))
    return {
      code: 'registry-full',
      hint: 'Make room there (image-tooling registry prune), then run it again.',
    };
  if (status === 401 || says('UNAUTHORIZED'))
    return {
      code: 'registry-auth',
      hint: 'Log in: REGISTRY_USERNAME and REGISTRY_PASSWORD, or docker login.',
    };
  if (status === 405 || status === 403 || says('UNSUPPORTED') || says('DENIED'))
    return {
      code: 'registry-refused',
      hint: 'The registry does not allow this: it may be read-only, or the account may lack the right.',
    };
  if (status === 413)
    return {
      code: 'registry-refused',
      hint: 'The registry, or a proxy before it, limits the size of a request.',
    };
  if (says('DIGEST_INVALID'))
    return {
      code: 'checksum',
      hint: 'It was altered on its way: look at what stands between here and there.',
    };
  if (status >= 500) return { code: 'http-status', hint: 'The registry is in trouble: run it again later.' };
  return { code: 'http-status' };
}
