import { fail, ok, type Result } from '../../result';
import type { GitFacts } from '../types';
import { branchName, ciFacts, type CiFacts, type Env } from './ci';

/** The branch that is published, and who says so. */
export interface Head {
  readonly branch: string;
  /** A pull or merge request: never the main branch, whatever its own branch is called. */
  readonly isRequest: boolean;
  /** "--branch", "GitHub Actions", "git" */
  readonly source: string;
  /** The commit that CI took for that branch's, where CI was asked. */
  readonly commit?: string;
}

export interface HeadInput {
  readonly env: Env;
  readonly git: GitFacts;
  /** The flag `--branch`. */
  readonly branch?: string | undefined;
  readonly image: string;
}

/** The branch: from the flag, else from CI's environment, else from git. Fails with `usage` where none says it. */
export function headOf({ env, git, branch, image }: HeadInput): Result<Head> {
  const ci = ciFacts(env);
  const isRequest = ci?.isRequest ?? false;
  if (branch !== undefined) return fromFlag(branch, isRequest, image);
  if (ci?.branch !== undefined) return ok(fromCi(ci, ci.branch));
  if (ci?.tag !== undefined) return noBranch(`${ci.system} runs for the git tag ${ci.tag}`, image);
  if (git.branch !== undefined) return ok({ branch: git.branch, isRequest, source: 'git' });
  return noBranch('no branch is checked out', image);
}

/** git itself answers "HEAD" where it is asked for the name of no branch. */
function fromFlag(flag: string, isRequest: boolean, image: string): Result<Head> {
  const branch = branchName(flag);
  if (branch === '' || branch === 'HEAD') return noBranch(`"${flag}" (--branch) is none`, image);
  return ok({ branch, isRequest, source: '--branch' });
}

function fromCi({ system, isRequest, commit }: CiFacts, branch: string): Head {
  return { branch, isRequest, source: system, ...(commit !== undefined && { commit }) };
}

function noBranch(reason: string, image: string): Result<never> {
  return fail({
    code: 'usage',
    message: `Which branch ${image} is published for is not known: ${reason}.`,
    hint: `Say it: npx nx run ${image}:publish --branch=<branch>; for a release --release=<x.y.z> on the main branch.`,
  });
}
