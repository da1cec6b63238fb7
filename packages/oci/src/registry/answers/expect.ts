import { valueOf } from '@image-tooling/host';
import type { Result } from '@image-tooling/model';
import type { RegistryAnswer } from '../send';
import { refusalOf, type Asked } from './refusal';

/**
 * Returns an answer whose status is one of these. Throws a `Fault` if no answer came, a `Refusal` with the registry's
 * messages for any other status.
 */
export async function expectStatus(
  sent: Result<RegistryAnswer>,
  request: Asked,
  ...statuses: readonly number[]
): Promise<RegistryAnswer> {
  const answer = valueOf(sent);
  if (statuses.includes(answer.status)) return answer;
  throw await refusalOf(answer, request);
}
