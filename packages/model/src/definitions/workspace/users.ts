import { placeOf, type JsonPath } from '../../diagnostics/document';
import { nearest } from '../../diagnostics/suggest';
import type { Failure } from '../../failure';
import type { ImageUser } from '../image';
import { ancestorsOf, parentName } from './chain';
import { DEBIAN_GROUPS, DEBIAN_USERS, USER_MAKERS } from './debian-users';
import type { ImageEntry, WorkspaceEntries } from './types';

/**
 * Users that can't be created since their name, uid or group is taken (`duplicate`), and the user of a config
 * that is not in the image (`unknown-reference`).
 */
export function checkUsers(entries: WorkspaceEntries): Failure[] {
  return [...entries.images.values()].flatMap((image) => {
    const ancestors = ancestorsOf(image, entries);
    return [...conflictingUsers(image, ancestors), ...unknownUser(image, ancestors)];
  });
}

interface Taken {
  readonly name: string;
  readonly uid?: number;
  readonly gid?: number;
  /** The image that defines it, or Debian. */
  readonly owner: string;
}

function conflictingUsers(image: ImageEntry, ancestors: readonly ImageEntry[]): Failure[] {
  const taken = new TakenNames([...ancestors.flatMap(usersOf), ...debianUsers([image, ...ancestors])]);
  return usersOf(image).flatMap((user, index): Failure[] => {
    const found = taken.clash(user);
    if (!found) taken.add(user);
    return found ? [conflict(image, user, index, found)] : [];
  });
}

interface Clash {
  readonly key: 'name' | 'uid' | 'gid';
  readonly other: Taken;
}

/** Each user gets a group of its own, under its name: `groupadd` refuses a name or number that is taken. */
class TakenNames {
  private readonly by = {
    name: new Map<unknown, Taken>(),
    uid: new Map<unknown, Taken>(),
    gid: new Map<unknown, Taken>(),
  };

  constructor(taken: readonly Taken[]) {
    taken.forEach((one) => this.add(one));
  }

  add(one: Taken): void {
    for (const key of KEYS) if (!this.by[key].has(one[key])) this.by[key].set(one[key], one);
  }

  clash(user: User): Clash | undefined {
    const key = KEYS.find((candidate) => this.by[candidate].has(user[candidate]));
    const other = key && this.by[key].get(user[key]);
    return key && other && { key, other };
  }
}

const KEYS = ['name', 'uid', 'gid'] as const;

type User = Taken & Pick<ImageUser, 'name' | 'uid' | 'gid'>;

function usersOf({ name: owner, definition }: ImageEntry): User[] {
  return definition.users.map(({ name, uid, gid }) => ({ name, uid, gid, owner: `"${owner}"` }));
}

/** Returns the users of every Debian system; those of a registry image are unknown here. */
function debianUsers(chain: readonly ImageEntry[]): Taken[] {
  const isDebian = chain.some(({ definition: { from } }) => 'debian' in from);
  if (!isDebian) return [];
  const owner = 'Debian';
  return [
    ...[...DEBIAN_USERS].map(([name, uid]) => ({ name, uid, owner })),
    ...[...DEBIAN_GROUPS].map(([name, gid]) => ({ name, gid, owner })),
  ];
}

function conflict(image: ImageEntry, user: User, index: number, { key, other }: Clash): Failure {
  const numbers = key === 'gid' ? `gid ${user.gid}` : `uid ${user.uid}`;
  const others = other.uid === undefined || key === 'gid' ? `gid ${other.gid}` : `uid ${other.uid}`;
  const isWritten = key !== 'gid' || user.gid !== user.uid;
  return {
    code: 'duplicate',
    message: `The user "${user.name}" (${numbers}) collides with "${other.name}" (${others}) of ${other.owner}.`,
    hint: 'Remove it here, or give it a name and numbers of its own.',
    place: placeOf(image.document, ['users', index, isWritten ? key : 'uid'], 'taken already'),
  };
}

function unknownUser(image: ImageEntry, ancestors: readonly ImageEntry[]): Failure[] {
  const { user } = image.definition.config;
  const chain = [image, ...ancestors];
  if (user === undefined || !isKnownWhole(chain)) return [];
  const declared = chain.flatMap(({ definition }) => definition.users.map(({ name }) => name));
  const [name = '', group] = user.split(':');
  return [
    ...unknownName(image, 'user', name, [...declared, ...DEBIAN_USERS.keys()]),
    ...(group === undefined
      ? []
      : unknownName(image, 'group', group, [...declared, ...DEBIAN_GROUPS.keys()])),
  ];
}

/**
 * Returns whether all users of an image are those of its definitions and of Debian: no package can have
 * created others.
 */
function isKnownWhole(chain: readonly ImageEntry[]): boolean {
  const bottom = chain.at(-1);
  if (!bottom || parentName(bottom) !== undefined || !('debian' in bottom.definition.from)) return false;
  return chain.every(({ definition: { packages } }) => packages.length === 0) || !chain.some(mayMakeUsers);
}

/** Decided by its lock, on any platform; an image without a lock may. */
function mayMakeUsers({ lock }: ImageEntry): boolean {
  if (!lock) return true;
  return Object.values(lock.value.platforms).some(({ bootstrap = [], packages }) =>
    [...bootstrap, ...packages].some(({ name }) => USER_MAKERS.has(name)),
  );
}

function unknownName(
  image: ImageEntry,
  noun: 'user' | 'group',
  name: string,
  known: readonly string[],
): Failure[] {
  if (/^[0-9]+$/.test(name) || known.includes(name)) return [];
  const path: JsonPath = ['config', 'user'];
  const near = nearest(name, known);
  return [
    {
      code: 'unknown-reference',
      message: `The image "${image.name}" runs as the ${noun} "${name}", but has no such ${noun}.`,
      hint:
        near === undefined
          ? 'Add it to "users", or write numbers ("1000:1000").'
          : `Write "${near}", or add "${name}" to "users".`,
      place: placeOf(image.document, path, `no such ${noun}`),
    },
  ];
}
