import { valueOf } from '../../fault';
import type { Context } from '../context';
import type { RegistryAnswer, RegistryRequest } from '../transport';

/** Sends a request; throws a `Fault` where no answer comes. */
export async function ask(context: Context, request: RegistryRequest): Promise<RegistryAnswer> {
  return valueOf(await context.send(request));
}
