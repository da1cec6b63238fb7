import { join } from 'node:path';
import { lastLines } from '@image-tooling/host';
import type { BuiltFrom } from '@image-tooling/attest';
import { fail, ok, type Failure, type Result, type RunContext } from '@image-tooling/model';
import { runGit } from '../../git/run-git';

/** Where to look for a commit. */
export interface CommitPlace {
  /** A folder that may be in a clone of the workspace's repository. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly context: RunContext;
  /** An empty folder for a repository that is fetched. */
  readonly folder: string;
}

/** A repository that has the commit: path of its git folder. */
export interface CommitFound {
  readonly gitFolder: string;
  readonly commit: string;
}

/** For git commands that only read this machine. */
const LOCAL_SECONDS = 60;
/** For a fetch of one commit. */
const FETCH_SECONDS = 600;

/**
 * Finds the commit that an image was built from: in the repository of the current folder, else in the repository that
 * its provenance names, from which that commit is fetched. Fails with `gone`, and as running git does.
 */
export async function findCommit(place: CommitPlace, from: BuiltFrom): Promise<Result<CommitFound>> {
  const here = await commitIn(place, from.commit);
  if (!here.ok) return here;
  if (here.value !== undefined) return ok({ gitFolder: here.value, commit: from.commit });
  return from.repository === undefined
    ? fail(nowhere(place, from, []))
    : fetched(place, from, from.repository);
}

/** Returns the git folder of the current folder if it has the commit. */
async function commitIn(
  { cwd, env, context }: CommitPlace,
  commit: string,
): Promise<Result<string | undefined>> {
  const git = (...args: readonly string[]) =>
    runGit(['-C', cwd, ...args], { env, signal: context.signal, timeoutSeconds: LOCAL_SECONDS });
  const folder = await git('rev-parse', '--absolute-git-dir');
  if (!folder.ok || folder.value.exitCode !== 0) return folder.ok ? ok(undefined) : folder;
  const object = await git('cat-file', '-e', `${commit}^{commit}`);
  if (!object.ok) return object;
  return ok(object.value.exitCode === 0 ? folder.value.stdout.replace(/\n$/, '') : undefined);
}

async function fetched(place: CommitPlace, from: BuiltFrom, url: string): Promise<Result<CommitFound>> {
  const { env, context, folder } = place;
  const gitFolder = join(folder, 'repository.git');
  const format = from.commit.length === 64 ? 'sha256' : 'sha1';
  const step = context.progress.step(`fetch commit ${from.commit.slice(0, 12)}`);
  const options = { env: { ...env, ...FETCH_ENV }, signal: context.signal, timeoutSeconds: FETCH_SECONDS };
  const made = await runGit(
    ['init', '--quiet', '--bare', '--template=', `--object-format=${format}`, gitFolder],
    options,
  );
  const got = made.ok
    ? await runGit(['-C', gitFolder, 'fetch', '--depth=1', '--no-tags', '--', url, from.commit], options)
    : made;
  if (got.ok && got.value.exitCode === 0) {
    step.done({ origin: 'fetched' });
    return ok({ gitFolder, commit: from.commit });
  }
  step.failed();
  return got.ok ? fail(nowhere(place, from, lastLines(got.value.stderr, 5))) : got;
}

/** The address comes from a provenance: git must not start other programs for it, or ask for a password. */
const FETCH_ENV = { GIT_ALLOW_PROTOCOL: 'https:http:ssh:git:file', GIT_TERMINAL_PROMPT: '0' };

function nowhere({ cwd }: CommitPlace, { commit, image, repository }: BuiltFrom, answer: string[]): Failure {
  const there =
    repository === undefined ? 'its provenance names no repository' : `${repository} does not give it`;
  return {
    code: 'gone',
    message: `The commit ${commit}, from which "${image}" was built, is not in ${cwd}, and ${there}.`,
    hint: 'Run this in a clone of the repository of the image that has the commit ("git fetch" gets it).',
    ...(answer.length > 0 && { details: answer }),
  };
}
