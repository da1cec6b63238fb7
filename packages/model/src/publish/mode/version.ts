import { valid } from 'semver';
import { fail, ok, type Result } from '../../result';
import type { Env } from './ci';

/** Set by a release run: the version that is being released. */
export const VERSION_VARIABLE = 'IMAGE_RELEASE_VERSION';

/** Not `--version`: Nx uses that itself and passes it to no task, so a release would be a publish of main. */
const RELEASE_FLAG = '--release';

/**
 * Returns the version to release: from the flag, else from the environment; undefined if neither is given.
 * Fails with `usage`.
 */
export function releaseVersion(flag: string | undefined, env: Env): Result<string | undefined> {
  if (flag !== undefined) return checkVersion(flag, RELEASE_FLAG);
  const variable = env[VERSION_VARIABLE];
  return variable ? checkVersion(variable, VERSION_VARIABLE) : ok(undefined);
}

/** Longest tag (OCI distribution-spec 1.1, "Pulling manifests"). */
const LONGEST_TAG = 128;

/** SemVer 2.0.0, without build metadata: a version is a tag, and tags have no "+". */
function checkVersion(text: string, origin: string): Result<string> {
  if (valid(text) === text && text.length <= LONGEST_TAG) return ok(text);
  return fail({
    code: 'usage',
    message: `"${text}" (${origin}) is not a valid image version${reason(text)}.`,
    hint: `Write a SemVer 2.0 version: ${suggestion(text) ?? '1.2.3, or 1.2.3-rc.1'}.`,
  });
}

function reason(text: string): string {
  if (text.length > LONGEST_TAG) return `: a tag has at most ${LONGEST_TAG} characters`;
  if (valid(text) === null) return '';
  if (text.includes('+')) return ': tags can\'t contain "+"';
  return ': remove the "v" and spaces around it';
}

/** Returns the version that was probably meant. */
function suggestion(text: string): string | undefined {
  return text.length <= LONGEST_TAG ? (valid(text) ?? undefined) : undefined;
}
