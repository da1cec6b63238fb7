import { join } from 'node:path';
import { fail, failWith, ok, type Result } from '@image-tooling/model';
import type { Store } from '@image-tooling/oci';
import type { Session } from '../session';
import { findProject } from '../workspace/load';
import { differences } from './compare';
import { readOutcome, type Outcome } from './outcome';
import type { CheckRequest } from './request';
import { makeRoom, removeRooms } from './room';
import { runBuild } from './run';
import { prepared, subjectOf, type Subject } from './subject';
import { surroundingsText, twoSurroundings, type Surroundings } from './surroundings';

/** The result of a check that found no difference. */
export interface CheckedBuild {
  readonly name: string;
  readonly digest: string;
  /** Layers that were built again, in words. */
  readonly made: readonly string[];
  /** How the environments of the two builds differed. */
  readonly surroundings: readonly string[];
}

/**
 * Builds an image's own layers, or a tool's, twice more, each time in an empty store, another folder and
 * another environment. Compares them with each other and with the outputs of its build. Fails with
 * `not-reproducible`, for each layer that differs, with the first path and both contents; and as building
 * does. Leaves nothing behind.
 */
export async function checkBuild(session: Session, request: CheckRequest): Promise<Result<CheckedBuild>> {
  const workspace = await session.workspaceFor(request.name);
  if (!workspace.ok) return workspace;
  const project = findProject(workspace.value, request.name);
  if (!project.ok) return project;
  const below = await prepared(session, project.value, request.platform);
  if (!below.ok) return below;
  const subject = subjectOf(project.value);
  const folder = await session.store.tempDir('check');
  if (!folder.ok) return folder;
  try {
    const twice = new Twice(session, request, subject, folder.value);
    const surroundings = await twoSurroundings(session.env);
    const first = await twice.build(1, surroundings[0], below.value, [session.store]);
    if (!first.ok) return first;
    const second = await twice.build(2, surroundings[1], below.value, [session.store, first.value.store]);
    if (!second.ok) return second;
    const same = await twice.compare(first.value, second.value);
    return same.ok ? ok(checked(subject, first.value, surroundings)) : same;
  } finally {
    await removeRooms(folder.value);
  }
}

function checked(
  { name }: Subject,
  { digest, layers }: Outcome,
  surroundings: readonly Surroundings[],
): CheckedBuild {
  return {
    name,
    digest,
    made: layers.map(({ kind }) => `${kind} layer`),
    surroundings: surroundings.map(surroundingsText),
  };
}

class Twice {
  constructor(
    private readonly session: Session,
    private readonly request: CheckRequest,
    private readonly subject: Subject,
    private readonly folder: string,
  ) {}

  async build(
    number: 1 | 2,
    surroundings: Surroundings,
    below: Parameters<typeof makeRoom>[1]['below'],
    from: readonly Store[],
  ): Promise<Result<Outcome>> {
    const { session, request, subject } = this;
    const folder = join(this.folder, number === 1 ? 'one' : join('another', 'folder'));
    const room = await makeRoom(session, { folder, subject: subject.folder, below, from });
    if (!room.ok) return room;
    const built = await runBuild(session, request, { room: room.value, surroundings, number });
    if (!built.ok) return built;
    return readOutcome(room.value.workspace, room.value.store, subject, request.platform);
  }

  /** Compares the builds with each other, and with the workspace's own build if it has the same inputs. */
  async compare(first: Outcome, second: Outcome): Promise<Result<void>> {
    const { session, subject, request } = this;
    const between = await differences({ first, second, how: 'Built twice', sides: 'of the two builds:' });
    if (!between.ok) return between;
    if (between.value.length > 0) return failWith(between.value);
    const kept = await readOutcome(session.root, session.store, subject, request.platform);
    if (!kept.ok || !sameInputs(kept.value, first)) return sameDigest(first, second);
    const sides = 'first: as its build left it; second: built again';
    const again = await differences({ first: kept.value, second: first, how: 'Built again', sides });
    if (!again.ok) return again;
    return again.value.length > 0 ? failWith(again.value) : sameDigest(first, second);
  }
}

function sameInputs(kept: Outcome, made: Outcome): boolean {
  const ids = ({ layers }: Outcome): string => layers.map(({ buildId }) => buildId).join();
  return ids(kept) === ids(made);
}

/** Help and config are not in layers.json. */
function sameDigest(first: Outcome, second: Outcome): Result<void> {
  if (first.digest === second.digest) return ok(undefined);
  return fail({
    code: 'not-reproducible',
    message: 'Built twice: all layers are identical, but the config or the help differs.',
    hint: 'This is a bug in image-tooling: report it, with the definition.',
    details: [`first:  ${first.digest}`, `second: ${second.digest}`],
  });
}
