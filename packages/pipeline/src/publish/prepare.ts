import {
  checkLocks,
  failWith,
  gate,
  gateNotes,
  isAltered,
  ok,
  publishMode,
  type Failure,
  type GateFacts,
  type GitFacts,
  type Image,
  type PublishMode,
  type Result,
} from '@image-tooling/model';
import type { RepositoryName } from '@image-tooling/oci';
import type { Session } from '../session';
import { repositoryOf } from '../image-repository';
import { evidenceOf, type Evidence } from './evidence';
import { differencesFromIndex, withoutPaths } from '../git/differences';
import { gitFacts } from '../git/facts';
import type { PublishRequest } from './request';
import { scanGate, type ScanGate } from './scans';
import { committedInputs, uncommittedInputs } from './uncommitted';

/** A publishable image, and its destination. */
export interface Prepared {
  readonly repository: RepositoryName;
  readonly mode: PublishMode;
  readonly git: GitFacts;
  readonly evidence: Evidence;
  readonly scans: ScanGate;
  /** Whether the image depends on more than the commit: uncommitted inputs, another source of a tool. */
  readonly altered: boolean;
}

/** Checks everything before the first request to a registry. Fails with every obstacle. */
export async function prepare(
  session: Session,
  image: Image,
  request: PublishRequest,
): Promise<Result<Prepared>> {
  const { options, env, root, context } = session;
  const repository = repositoryOf(session, image.name);
  const locks = checkLocks([image], session.toolSource);
  const place = { root, env, signal: context.signal };
  const git = await gitFacts(place);
  if (!git.ok) return failWith(failuresOf(repository, locks, git));
  const mode = publishMode({
    env,
    git: git.value,
    mainBranch: options.mainBranch,
    branch: request.branch,
    version: request.release,
    image: image.name,
  });
  if (!mode.ok) return failWith(failuresOf(repository, locks, mode));
  const differing = await differencesFromIndex(place, committedInputs(options.imagesDir, image));
  if (!differing.ok) return failWith(failuresOf(repository, locks, differing));
  const uncommitted = uncommittedInputs(session, image, git.value);
  const evidence = await evidenceOf(session, image);
  const facts: GateFacts = {
    image: image.name,
    mode: mode.value,
    platforms: evidence.platforms,
    uncommitted,
    differing: withoutPaths(differing.value, uncommitted),
    allowDirty: request.allowDirty,
    overridden: evidence.overridden,
  };
  const failures = [...failuresOf(repository, locks), ...gate(facts)];
  if (!repository.ok || failures.length > 0) return failWith(failures);
  const scans = await scanGate(session, image, evidence);
  if (!scans.ok) return scans;
  gateNotes(facts).forEach((line) => context.progress.note(line));
  return ok({
    repository: repository.value,
    mode: mode.value,
    git: git.value,
    evidence,
    scans: scans.value,
    altered: isAltered(facts),
  });
}

function failuresOf(...results: readonly Result<unknown>[]): Failure[] {
  return results.flatMap((result) => (result.ok ? [] : result.failures));
}
