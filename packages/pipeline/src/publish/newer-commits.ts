import { ok, type Result } from '@image-tooling/model';
import { commitsWithout } from '../git/commits-without';
import type { Session } from '../session';

/**
 * Returns a function that asks the remote for the commits of main that `commit` does not contain, the newest first. Where
 * the remote can't be asked, notes that once and returns []: a job often keeps no login for git after its checkout.
 */
export function newerCommits(
  { root, env, options, context }: Session,
  { image, commit }: { readonly image: string; readonly commit: string },
): () => Promise<Result<readonly string[]>> {
  const place = { root, env, signal: context.signal };
  let isRefused = false;
  return async () => {
    if (isRefused) return ok([]);
    const newer = await commitsWithout(place, options.mainBranch, commit);
    if (newer.ok || context.signal.aborted) return newer;
    isRefused = true;
    const [{ message }] = newer.failures;
    context.progress.note(`${image}: the tag main may move back, newer commits are unknown: ${message}`);
    return ok([]);
  };
}
