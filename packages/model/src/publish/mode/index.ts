import { failWith, fail, ok, type Failed, type Result } from '../../result';
import { slugOf } from '../tags/slug';
import type { PublishMode } from '../types';
import { BRANCH_VARIABLE, headOf, type Head, type HeadInput } from './head';
import { releaseVersion } from './version';

export { BRANCH_VARIABLE } from './head';
export { VERSION_VARIABLE } from './version';

export interface ModeInput extends HeadInput {
  /** The workspace's option. */
  readonly mainBranch: string;
  /** The flag `--release`. */
  readonly version?: string | undefined;
}

/**
 * Returns the mode of a publish. The branch is from the flag, else the environment, else git; with a version
 * it is a release, which only the main branch may have. Fails with `usage` (no branch, no version) and
 * `not-publishable`.
 */
export function publishMode(input: ModeInput): Result<PublishMode> {
  const version = releaseVersion(input.version, input.env);
  const head = headOf(input);
  if (!version.ok || !head.ok)
    return failWith([version, head].flatMap((result) => (result.ok ? [] : result.failures)));
  return modeOf(head.value, version.value, input);
}

function modeOf(head: Head, version: string | undefined, input: ModeInput): Result<PublishMode> {
  const { branch, isRequest } = head;
  const isMain = !isRequest && branch === input.mainBranch;
  if (version !== undefined && !isMain) return noRelease(head, version, input);
  if (!isMain) return ok({ kind: 'branch', branch, slug: slugOf(branch) });
  if (head.commit !== undefined && head.commit !== input.git.commit.id) return otherCommit(head, input);
  return ok(version === undefined ? { kind: 'main' } : { kind: 'release', version });
}

function noRelease({ branch, isRequest, source }: Head, version: string, input: ModeInput): Failed {
  const what = isRequest ? `a pull request of the branch ${branch}` : `the branch ${branch}`;
  return fail({
    code: 'not-publishable',
    message: `${input.image} ${version} can be released on the branch ${input.mainBranch} only; this is ${what} (${source}).`,
    hint: `Merge it, and release from ${input.mainBranch}; without --release this branch's own image is published.`,
  });
}

/** A workflow that runs for the main branch may have checked out a contributor's commit. */
function otherCommit({ branch, commit, source }: Head, { git, image }: ModeInput): Failed {
  return fail({
    code: 'not-publishable',
    message: `${source} runs for ${branch} at a commit that is not checked out.`,
    details: [`${source}:  ${commit}`, `checked out: ${git.commit.id}`],
    hint: `Check out the commit that ${source} names, or set ${BRANCH_VARIABLE} and run: npx nx run ${image}:publish`,
  });
}
