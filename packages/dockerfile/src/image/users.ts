import type { Findings } from '../findings';
import type { Asked, Stage, UserRequest } from '../stage';
import type { Inherited } from './inherited';

/** The users of an image to write, and what USER becomes. */
export interface ProposedUsers {
  readonly users: readonly object[];
  /** By the name in the Dockerfile. */
  readonly known: ReadonlyMap<string, { readonly uid: number; readonly gid: number; readonly home?: string }>;
}

/** First number of an ordinary user (Debian policy 9.2.2). */
const FIRST_UID = 1000;

/**
 * Users of the last stage. One with the uid or name of an inherited user is that user: numbers decide who may do
 * what, and a second name for one would be refused.
 */
export function proposeUsers(
  stage: Stage,
  { users: inherited, checked }: Inherited,
  findings: Findings,
): ProposedUsers {
  const known = new Map<string, { uid: number; gid: number; home?: string }>(
    inherited.map(({ name, uid, gid }) => [name, { uid, gid }]),
  );
  const users: object[] = [];
  for (const { value, piece } of unique(stage.users)) {
    const uid = value.uid ?? freeUid(known);
    const same = inherited.find((one) => one.uid === uid || one.name === value.name);
    known.set(
      value.name,
      same ? { uid: same.uid, gid: same.gid } : { uid, gid: value.gid ?? uid, home: homeOf(value) },
    );
    if (same) {
      findings.carried(piece, `the inherited user ${same.name}, uid ${same.uid}`);
      if (same.name !== value.name || (value.uid !== undefined && same.uid !== value.uid))
        findings.ask(
          piece.line,
          `The user ${value.name} is the inherited ${same.name} (uid ${same.uid}, home ${same.home}).`,
        );
      continue;
    }
    users.push(userOf(value, uid));
    findings.carried(piece, `"users" of image.json: ${value.name}, uid ${uid}`);
  }
  const { user } = stage.start;
  if (user && users.length > 0 && checked.length > 0)
    findings.ask(
      user.piece.line,
      `Checks of ${checked.join(', ')} are tried in this image too: one that asks for its user fails with another.`,
    );
  settleGroups(stage, known, findings);
  return { users, known };
}

function userOf({ name, gid, home, shell }: UserRequest, uid: number): object {
  return {
    name,
    uid,
    ...(gid !== undefined && gid !== uid && { gid }),
    home: homeOf({ name, home }),
    ...(shell !== undefined && shell !== '/bin/bash' && { shell }),
  };
}

function homeOf({ name, home }: { readonly name: string; readonly home?: string | undefined }): string {
  return home ?? `/home/${name}`;
}

function freeUid(known: ReadonlyMap<string, { readonly uid: number }>): number {
  const taken = new Set([...known.values()].map(({ uid }) => uid));
  let uid = FIRST_UID;
  while (taken.has(uid)) uid++;
  return uid;
}

/** A group is its user's own; others are not to be had. */
function settleGroups({ groupPieces }: Stage, known: ProposedUsers['known'], findings: Findings): void {
  for (const { value, piece } of groupPieces) {
    if (known.has(value)) findings.carried(piece, `the group of the user ${value}`);
    else
      findings.left(
        piece,
        'a group without a user of its name is not to be had',
        'Give access by uid, gid or mode: "users" and "directories" of image.json.',
      );
  }
}

function unique(requests: readonly Asked<UserRequest>[]): Asked<UserRequest>[] {
  return [...new Map(requests.map((request) => [request.value.name, request])).values()];
}
