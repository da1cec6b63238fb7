import { fail, ok, type Failed, type Result } from '@image-tooling/model';
import { git, runGit, type GitPlace } from './run-git';

/** Branches and tags of a repository: full name → commit. */
export type RefCommits = ReadonlyMap<string, string>;

/** Where main and its tags are. */
export interface GitRemote {
  /** Undefined: this repository has no remote, and is the only one. */
  readonly name: string | undefined;
  readonly refs: RefCommits;
}

/** A push sends one tag; a remote may be slow. */
const TIMEOUT_SECONDS = 120;

/**
 * Returns the branches and tags of the remote of `branch` (`origin` if git names none), as they are there now. Without a
 * remote: of this repository. Fails as the remote does.
 */
export async function readRemote(place: GitPlace, branch: string): Promise<Result<GitRemote>> {
  const name = await remoteName(place, branch);
  if (!name.ok) return name;
  const refs = await readRefs(place, name.value);
  return refs.ok ? ok({ name: name.value, refs: refs.value }) : refs;
}

/** Returns the branches and tags of a remote as they are there now; without a name: of this repository. */
export async function readRefs(place: GitPlace, name: string | undefined): Promise<Result<RefCommits>> {
  const listed =
    name === undefined
      ? await git(place, ['show-ref', '--dereference'])
      : await remotely(place, name, ['ls-remote', '--quiet', name, 'refs/heads/*', 'refs/tags/*']);
  return listed.ok ? ok(refsIn(listed.value)) : listed;
}

async function remoteName(place: GitPlace, branch: string): Promise<Result<string | undefined>> {
  const listed = await git(place, ['remote']);
  if (!listed.ok) return listed;
  const remotes = listed.value.split('\n').filter((line) => line !== '');
  const set = await git(place, ['config', '--get', `branch.${branch}.remote`]);
  const wanted = set.ok ? set.value.trim() : 'origin';
  return ok(remotes.includes(wanted) ? wanted : remotes[0]);
}

/** Lines are `<id> <name>`; the commit of an annotated tag follows as `<name>^{}`. */
function refsIn(output: string): Map<string, string> {
  const refs = new Map<string, string>();
  for (const line of output.split('\n')) {
    const [id = '', name = ''] = line.split(/\s+/);
    if (name !== '') refs.set(name.replace(/\^\{\}$/, ''), id);
  }
  return refs;
}

/** Gets the newest commit of a remote's branch, if it is not here, without changing a ref. Fails as the remote does. */
export async function fetchCommit(
  place: GitPlace,
  { name }: GitRemote,
  commit: string,
  branch: string,
): Promise<Result<void>> {
  const there = await git(place, ['cat-file', '-e', `${commit}^{commit}`]);
  if (there.ok || name === undefined) return ok(undefined);
  const quiet = ['--quiet', '--no-tags', '--no-write-fetch-head', '--refmap='];
  const args = ['fetch', ...quiet, name, `refs/heads/${branch}`];
  const fetched = await remotely(place, name, args);
  return fetched.ok ? ok(undefined) : fetched;
}

/**
 * Writes a tag on a commit where the remote has it for everybody. Nothing changes if it is there. Fails if it is on
 * another commit, and as the remote does.
 */
export async function pushTag(
  place: GitPlace,
  remote: string | undefined,
  tag: string,
  commit: string,
): Promise<Result<void>> {
  const ref = `refs/tags/${tag}`;
  if (remote !== undefined) {
    const pushed = await remotely(place, remote, ['push', '--quiet', remote, `${commit}:${ref}`]);
    // Of two pushes of one tag at the same time, the remote refuses the second.
    if (!pushed.ok && !(await isOn(place, remote, ref, commit))) return pushed;
  }
  const there = await git(place, ['rev-parse', '--quiet', '--verify', '--end-of-options', `${ref}^{commit}`]);
  if (there.ok && there.value.trim() === commit) return ok(undefined);
  const written = await git(place, ['update-ref', ref, commit, ...(remote === undefined ? [NOT_THERE] : [])]);
  return written.ok ? ok(undefined) : written;
}

async function isOn(place: GitPlace, remote: string, ref: string, commit: string): Promise<boolean> {
  const refs = await readRefs(place, remote);
  return refs.ok && refs.value.get(ref) === commit;
}

/** The old value of a ref that must not exist (git-update-ref(1)); zeros would have to be as many as an id has. */
const NOT_THERE = '';

async function remotely(place: GitPlace, remote: string, args: readonly string[]): Promise<Result<string>> {
  const { root, env, signal } = place;
  // Without a terminal git would wait for a password for ever.
  const options = { env: { ...env, GIT_TERMINAL_PROMPT: '0' }, signal, timeoutSeconds: TIMEOUT_SECONDS };
  const ended = await runGit(['-C', root, ...args], options);
  if (!ended.ok) return ended;
  return ended.value.exitCode === 0
    ? ok(ended.value.stdout)
    : refused(remote, args[0] ?? '', ended.value.stderr);
}

function refused(remote: string, verb: string, stderr: string): Failed {
  return fail({
    code: 'command-failed',
    message: `git ${verb} failed on the remote "${remote}".`,
    details: stderr.trim().split('\n').slice(-5),
    hint:
      verb === 'push'
        ? 'Check that this login may push tags and that the tag is not on another commit; then run it again.'
        : `Check the network, and that this login may read it: git ls-remote ${remote}`,
  });
}
