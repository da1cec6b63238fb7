import { valueOf } from '../../fault';
import type { Context } from '../context';
import type { RegistryAnswer, RegistryRequest } from '../transport/types';
import { refusalOf } from './refusal';

/**
 * Sends a request and gives its answer, where its status is one of these. Throws a `Fault` where no answer comes,
 * a `Refusal` with the registry's own words for any other status.
 */
export async function ask(
  context: Context,
  request: RegistryRequest,
  ...statuses: readonly number[]
): Promise<RegistryAnswer> {
  const answer = valueOf(await context.send(request));
  if (statuses.includes(answer.status)) return answer;
  throw await refusalOf(answer, request);
}
