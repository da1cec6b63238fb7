import { fail, ok, type Result } from '../../result';
import type { GitFacts } from '../types';
import { branchName, ciFacts, type CiFacts, type Env } from './ci';

/** Names the branch, as `--branch` does; for CI, where a branch's name is untrusted. */
export const BRANCH_VARIABLE = 'IMAGE_BRANCH';

/** The branch that is published, and where its name is from. */
export interface Head {
  readonly branch: string;
  /** A pull or merge request: never the main branch, whatever its own branch is called. */
  readonly isRequest: boolean;
  /** "--branch", "IMAGE_BRANCH", "GitHub Actions", "git" */
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

/**
 * Returns the branch from the flag, else IMAGE_BRANCH, else CI's variables, else git. Fails with `usage` if
 * none has it.
 */
export function headOf({ env, git, branch, image }: HeadInput): Result<Head> {
  const ci = ciFacts(env);
  const isRequest = ci?.isRequest ?? false;
  if (branch !== undefined) return named(branch, '--branch', isRequest, image);
  const variable = env[BRANCH_VARIABLE];
  if (variable) return named(variable, BRANCH_VARIABLE, isRequest, image);
  if (ci?.branch !== undefined) return ok(fromCi(ci, ci.branch));
  if (ci?.tag !== undefined) return noBranch(`${ci.system} runs for the git tag ${ci.tag}`, image);
  if (git.branch !== undefined) return ok({ branch: git.branch, isRequest, source: 'git' });
  return noBranch('no branch is checked out', image);
}

/** git answers "HEAD" if no branch is checked out. */
function named(text: string, source: string, isRequest: boolean, image: string): Result<Head> {
  const branch = branchName(text);
  if (branch === '' || branch === 'HEAD') return noBranch(`"${text}" (${source}) is not a branch`, image);
  return ok({ branch, isRequest, source });
}

function fromCi({ system, isRequest, commit }: CiFacts, branch: string): Head {
  return { branch, isRequest, source: system, ...(commit !== undefined && { commit }) };
}

function noBranch(reason: string, image: string): Result<never> {
  return fail({
    code: 'usage',
    message: `The branch to publish ${image} for is unknown: ${reason}.`,
    hint: `Set ${BRANCH_VARIABLE} to its name and run: npx nx run ${image}:publish; a release adds --release=<x.y.z> on the main branch.`,
  });
}
