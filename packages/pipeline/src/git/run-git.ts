import { run, type HostResult } from '@image-tooling/host';
import { commandLine, fail, ok, type Failed, type Result } from '@image-tooling/model';

/** A workspace to ask git about. */
export interface GitPlace {
  /** Absolute path of the workspace; may lie below the root of its repository. */
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** git reads each file of a large workspace; a network disk may be slow. */
const TIMEOUT_SECONDS = 60;

/**
 * Runs git and returns its output. Fails with `not-publishable` if it refuses, and as running a program does.
 *
 * @param input its standard input
 */
export async function git(place: GitPlace, args: readonly string[], input?: string): Promise<Result<string>> {
  const { root, env, signal } = place;
  const ended = await runGit(['-C', root, ...args], {
    ...{ env, signal, timeoutSeconds: TIMEOUT_SECONDS },
    ...(input !== undefined && { input }),
  });
  if (!ended.ok) return ended;
  return ended.value.exitCode === 0 ? ok(ended.value.stdout) : refused(place, ended.value.stderr.trim());
}

interface GitOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly timeoutSeconds: number;
  readonly input?: string;
}

/** Runs git; an exit code other than 0 is a success here. Fails as running a program does. */
export function runGit(args: readonly string[], options: GitOptions): Promise<Result<HostResult>> {
  return run({
    argv: ['git', ...args],
    ...options,
    // A status must not lock the index against the user's own git.
    env: { ...options.env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C.UTF-8' },
  });
}

async function refused(place: GitPlace, stderr: string): Promise<Failed> {
  const repository = await repositoryOfAnotherUser(place);
  return fail({
    code: 'not-publishable',
    details: stderr.split('\n').slice(-5),
    ...(repository === undefined ? withoutCommit(place.root) : ofAnotherUser(repository)),
  });
}

/**
 * Returns the repository that git only reads with `safe.directory` (git-config(1)): it belongs to another user, which
 * is usual in CI's containers. git has the same exit code for that as for a folder without a repository.
 */
async function repositoryOfAnotherUser({ root, env, signal }: GitPlace): Promise<string | undefined> {
  const find = async (options: readonly string[]): Promise<string | undefined> => {
    const args = [...options, '-C', root, 'rev-parse', '--show-toplevel'];
    const found = await runGit(args, { env, signal, timeoutSeconds: TIMEOUT_SECONDS });
    return found.ok && found.value.exitCode === 0 ? found.value.stdout.replace(/\n$/, '') : undefined;
  };
  return (await find([])) === undefined ? find(['-c', 'safe.directory=*']) : undefined;
}

function ofAnotherUser(repository: string) {
  return {
    message: `git refuses ${repository}: its files belong to another user.`,
    hint: `If you trust it, run: ${commandLine(['git', 'config', '--global', '--add', 'safe.directory', repository])}`,
  };
}

function withoutCommit(root: string) {
  return {
    message: `Publishing needs a commit, and git finds none in ${root}.`,
    hint: 'Commit the workspace with git, or run the command in a clone with its history.',
  };
}
