import type { JWTPayload } from 'jose';
import type { GitlabProject } from '../config';
import type { Writer } from '../entries';
import { claim, type Role } from './claims';

/** Sources of pipelines whose jobs run what is in the ref of the token; only these may write. */
const WRITING_SOURCES = new Set([
  'push',
  'schedule',
  'web',
  'api',
  'trigger',
  'merge_request_event',
  'external_pull_request_event',
]);

/**
 * Returns the role of a job (claims: docs.gitlab.com, "OpenID Connect (OIDC) Authentication Using ID Tokens"). Trusted:
 * a source of the project's list (by default `push` and `schedule`) on a protected branch. A pipeline of a merge
 * request is not, whatever its ref: a fork's has the name of the fork's branch.
 */
export function gitlabRole(payload: JWTPayload, project: GitlabProject): Role {
  const source = claim(payload, 'pipeline_source');
  if (project.releaseEnvironments.includes(claim(payload, 'environment'))) return 'release';
  if (claim(payload, 'ref_type') === 'tag') return 'release';
  if (project.sources.includes(source) && isProtectedBranch(payload, project)) return 'trusted';
  return WRITING_SOURCES.has(source) ? 'own' : 'reader';
}

function isProtectedBranch(payload: JWTPayload, { branches }: GitlabProject): boolean {
  const ref = claim(payload, 'ref');
  const path = claim(payload, 'ref_path');
  return (
    claim(payload, 'ref_protected') === 'true' &&
    claim(payload, 'ref_type') === 'branch' &&
    (path === '' || path === `refs/heads/${ref}`) &&
    (branches === undefined || branches.includes(ref))
  );
}

/** What tells a branch or merge request from others of its project. */
export function gitlabOwnParts(payload: JWTPayload): string[] {
  return ['pipeline_source', 'ref_path', 'ref', 'user_id'].map((name) => claim(payload, name));
}

export function gitlabWriter(payload: JWTPayload): Writer {
  return {
    source: 'gitlab',
    actor: claim(payload, 'user_login'),
    run: claim(payload, 'pipeline_id'),
    repository: claim(payload, 'project_path'),
    ref: claim(payload, 'ref_path') || claim(payload, 'ref'),
    event: claim(payload, 'pipeline_source'),
  };
}
