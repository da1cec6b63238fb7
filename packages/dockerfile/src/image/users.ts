import type { Findings } from '../state/findings';
import type { Sourced, Stage, UserRequest } from '../state/stage';
import type { Inherited } from './inherited';

/** `users` of image.json, and the ids of all users. */
export interface ProposedUsers {
  readonly users: readonly object[];
  /** By the name in the Dockerfile. */
  readonly known: ReadonlyMap<string, { readonly uid: number; readonly gid: number; readonly home?: string }>;
}

/** The first uid of ordinary users (Debian policy 9.2.2). */
const FIRST_UID = 1000;

/**
 * Returns the users of the last stage. A user with the uid or the name of an inherited user becomes that user, since
 * image.json may not declare either again.
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
      findings.imported(piece, `the inherited user ${same.name}, uid ${same.uid}`);
      if (same.name !== value.name || (value.uid !== undefined && same.uid !== value.uid))
        findings.ask(
          piece.line,
          `The user ${value.name} is the inherited user ${same.name} (uid ${same.uid}, home ${same.home}).`,
        );
      continue;
    }
    users.push(userOf(value, uid));
    findings.imported(piece, `"users" of image.json: ${value.name}, uid ${uid}`);
  }
  const { user } = stage.start;
  if (user && users.length > 0 && checked.length > 0)
    findings.ask(
      user.piece.line,
      `The checks of ${checked.join(', ')} also run in this image: a check that expects another user fails.`,
    );
  reportGroups(stage, known, findings);
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

/** Adds the outcomes of groups. Only groups with the name of a user are supported. */
function reportGroups({ groupPieces }: Stage, known: ProposedUsers['known'], findings: Findings): void {
  for (const { value, piece } of groupPieces) {
    if (known.has(value)) findings.imported(piece, `the group of the user ${value}`);
    else
      findings.notImported(
        piece,
        'groups without a user of the same name are not supported',
        'Give access by uid, gid or mode: "users" and "directories" of image.json.',
      );
  }
}

function unique(requests: readonly Sourced<UserRequest>[]): Sourced<UserRequest>[] {
  return [...new Map(requests.map((request) => [request.value.name, request])).values()];
}
