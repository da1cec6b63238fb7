import { isAnswer, type HttpRequest, type Outcome, type Tried } from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';
import { requestFailure } from '../transport/failures';
import type { Secrets } from '../transport/secrets';
import type { RegistryAnswer } from '../send';
import { rateLimit } from './rate-limit';

/** Returns the result of a request: any answer but 429, or a failure with `network`, `timeout`, `aborted`, … */
export async function settled(
  { outcome, tries }: Tried<Outcome>,
  request: HttpRequest,
  secrets: Secrets,
): Promise<Result<RegistryAnswer>> {
  if (!isAnswer(outcome)) return fail(requestFailure(outcome, request, tries));
  const answer = { ...outcome, redacted: secrets.redacted };
  return answer.status === 429 ? fail(await rateLimit(answer, request.purpose)) : ok(answer);
}
