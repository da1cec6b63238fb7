import { fail, ok, publishMode, VERSION_VARIABLE, type Failed, type Result } from '@image-tooling/model';
import { gitFacts } from '../git/facts';
import { firstParents } from '../git/main-line';
import { fetchCommit, readRemote, type GitRemote } from '../git/remote';
import { git, type GitPlace } from '../git/run-git';
import type { Session } from '../session';
import { MainLine } from './history';

/** The commit that is checked out, as a commit of main. */
export interface MainBranch {
  readonly place: GitPlace;
  readonly remote: GitRemote;
  /** From the checked-out commit back. */
  readonly line: MainLine;
  /** 40 hexadecimal digits; 64 in a repository of sha256. */
  readonly commit: string;
  /** The commits that main has after it, the newest first, as they were when the run began. */
  readonly newer: readonly string[];
}

/**
 * Returns where the checked-out commit is on main. Fails with `not-publishable` on another branch, in a pull request, in
 * a shallow clone, and where the remote's main lacks the commit; and as git and the remote do.
 */
export async function readMainBranch(session: Session): Promise<Result<MainBranch>> {
  const { root, env, context, options } = session;
  const place = { root, env, signal: context.signal };
  if (env[VERSION_VARIABLE]) return givenVersion(env[VERSION_VARIABLE]);
  const facts = await gitFacts(place);
  if (!facts.ok) return facts;
  const { commit } = facts.value;
  const mode = publishMode({ env, git: facts.value, mainBranch: options.mainBranch, image: 'the images' });
  if (!mode.ok) return mode;
  if (mode.value.kind !== 'main') return notMain(options.mainBranch, commit.id);
  const shallow = await git(place, ['rev-parse', '--is-shallow-repository']);
  if (!shallow.ok) return shallow;
  if (shallow.value.trim() === 'true') return isShallow();
  const remote = await readRemote(place, options.mainBranch);
  if (!remote.ok) return remote;
  const newer = await newerCommits({ place, remote: remote.value, commit: commit.id }, options.mainBranch);
  if (!newer.ok) return newer;
  const ids = await firstParents(place, commit.id);
  if (!ids.ok) return ids;
  const line = new MainLine(place, ids.value);
  return ok({ place, remote: remote.value, line, commit: commit.id, newer: newer.value });
}

/**
 * Returns the commits that main has after the checked-out one, the newest first, as the remote has it now. Fails with
 * `not-publishable` if main lacks that one.
 */
export async function newerCommits(
  { place, remote, commit }: Pick<MainBranch, 'place' | 'remote' | 'commit'>,
  mainBranch: string,
): Promise<Result<string[]>> {
  const tip = remote.refs.get(`refs/heads/${mainBranch}`);
  if (tip === commit) return ok([]);
  if (tip === undefined) return notOnMain(remote, mainBranch, commit);
  const fetched = await fetchCommit(place, remote, tip, mainBranch);
  if (!fetched.ok) return fetched;
  const line = await firstParents(place, tip);
  if (!line.ok) return line;
  const at = line.value.indexOf(commit);
  return at < 0 ? notOnMain(remote, mainBranch, commit) : ok(line.value.slice(0, at));
}

function givenVersion(version: string): Failed {
  return fail({
    code: 'usage',
    message: `${VERSION_VARIABLE} is "${version}", and versions follow from the history of main here.`,
    hint: `Unset it. To set the version of one image, tag the commit: git tag <image>@${version}, and push the tag.`,
  });
}

function notMain(mainBranch: string, commit: string): Failed {
  return fail({
    code: 'not-publishable',
    message: `"converge" publishes commits of ${mainBranch}; this one is of another branch: ${commit}.`,
    hint: 'Images of a branch are published by: npx nx run <image>:publish',
  });
}

function isShallow(): Failed {
  return fail({
    code: 'not-publishable',
    message: 'Versions follow from the history of main, and this clone does not have all of it.',
    hint: 'Run "git fetch --unshallow --tags"; with actions/checkout, set fetch-depth: 0.',
  });
}

function notOnMain({ name }: GitRemote, mainBranch: string, commit: string): Failed {
  const where = name === undefined ? mainBranch : `${mainBranch} of the remote "${name}"`;
  return fail({
    code: 'not-publishable',
    message: `The checked-out commit ${commit} is not on ${where}.`,
    hint: 'Push it first. If main was rewritten, check out its newest commit.',
  });
}
