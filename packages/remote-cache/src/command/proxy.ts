import { ok, type Result } from '@image-tooling/model';
import { runProxy } from '../run/run-proxy';
import { parseProcesses } from '../run/watch';
import type { CacheEnding, CacheRun } from './types';

/** Runs the proxy of one Nx run. */
export async function proxy({ flags, root, env, stdout, signal }: CacheRun): Promise<Result<CacheEnding>> {
  const greet = (greeting: object): void => void stdout.write(`${JSON.stringify(greeting)}\n`);
  const watched = flags.watch === undefined ? [] : parseProcesses(flags.watch);
  await runProxy({ root, env, signal, watched, greet, id: flags.run ?? '' });
  return ok({ lines: [], isGood: true });
}
