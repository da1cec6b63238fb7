import { ok, type Result } from '@image-tooling/model';
import { firstParents } from './main-line';
import { fetchCommit, readRemote } from './remote';
import type { GitPlace } from './run-git';

/**
 * Returns the commits of a branch that `commit` does not contain, as the remote has the branch now: along first parents,
 * the newest first. [] if the remote has no such branch. Without a remote: of this repository's branch. Fails as git and
 * the remote do.
 */
export async function commitsWithout(
  place: GitPlace,
  branch: string,
  commit: string,
): Promise<Result<string[]>> {
  const remote = await readRemote(place, branch);
  if (!remote.ok) return remote;
  const tip = remote.value.refs.get(`refs/heads/${branch}`);
  if (tip === undefined || tip === commit) return ok([]);
  const fetched = await fetchCommit(place, remote.value, tip, branch);
  return fetched.ok ? firstParents(place, tip, commit) : fetched;
}
