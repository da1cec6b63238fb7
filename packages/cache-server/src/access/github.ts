import type { JWTPayload } from 'jose';
import type { GithubProject } from '../config';
import type { Writer } from '../entries';
import { claim, type Role } from './claims';

/**
 * Events whose jobs run only what is in the ref of the token; only these may write. A `pull_request_target` or
 * `workflow_run` has main's ref, and may check out anything.
 */
const WRITING_EVENTS = new Set(['push', 'schedule', 'workflow_dispatch', 'pull_request', 'merge_group']);

/**
 * Returns the role of a job (claims: docs.github.com, "OpenID Connect reference"). Trusted: an event of the project's
 * list (by default `push` and `schedule`) on a protected branch, by a workflow of that branch.
 */
export function githubRole(payload: JWTPayload, project: GithubProject): Role {
  const event = claim(payload, 'event_name');
  if (project.releaseEnvironments.includes(claim(payload, 'environment'))) return 'release';
  if (claim(payload, 'ref_type') === 'tag') return 'release';
  if (project.events.includes(event) && isProtectedBranch(payload, project)) return 'trusted';
  return WRITING_EVENTS.has(event) ? 'own' : 'reader';
}

function isProtectedBranch(payload: JWTPayload, { branches, workflows }: GithubProject): boolean {
  const ref = claim(payload, 'ref');
  return (
    claim(payload, 'ref_protected') === 'true' &&
    claim(payload, 'ref_type') === 'branch' &&
    ref.startsWith('refs/heads/') &&
    (branches === undefined || branches.includes(ref.slice('refs/heads/'.length))) &&
    (workflows === undefined || workflows.some((path) => isWorkflow(payload, path, ref)))
  );
}

/** "owner/name/.github/workflows/build.yml@refs/heads/main": of the same repository and ref as the job. */
function isWorkflow(payload: JWTPayload, path: string, ref: string): boolean {
  return claim(payload, 'workflow_ref') === `${claim(payload, 'repository')}/${path}@${ref}`;
}

/** What tells a branch or pull request from others of its repository. */
export function githubOwnParts(payload: JWTPayload): string[] {
  return ['event_name', 'ref', 'head_ref'].map((name) => claim(payload, name));
}

export function githubWriter(payload: JWTPayload): Writer {
  return {
    source: 'github',
    actor: claim(payload, 'actor'),
    run: claim(payload, 'run_id'),
    repository: claim(payload, 'repository'),
    ref: claim(payload, 'ref'),
    event: claim(payload, 'event_name'),
  };
}
