import { describe, expect, it } from 'vitest';
import {
  archiveLockWith,
  archiveStateId,
  checkLocks,
  familyOf,
  parseArchiveLock,
  readWorkspace,
  withoutUnusedStates,
  type ArchiveLock,
  type LockedArchiveState,
  type PlatformLock,
  type Workspace,
} from '../src';
import { imageFile, pretty, shown, valueOf } from './definitions-fixtures';

const FILE = 'images/archive.lock.json';
const state = (date: number): LockedArchiveState => {
  const releases = [{ archive: 'debian', suite: 'trixie', sha256: 'a'.repeat(64), date }];
  return { id: archiveStateId(releases), time: date, releases };
};
const [OLD, NEW, OTHER] = [state(1), state(2), state(3)];
const lockOf = (...states: LockedArchiveState[]): ArchiveLock =>
  states.reduce<ArchiveLock>(archiveLockWith, { lockVersion: 2, states: [] });
const idsOf = ({ states }: ArchiveLock) => states.map(({ time }) => time).sort();

const DEB = {
  name: 'dpkg',
  version: '1',
  architecture: 'all',
  archive: 'debian',
  path: 'pool/dpkg.deb',
  size: 1,
  sha256: 'b'.repeat(64),
} as const;

type Locks = Readonly<Record<string, Partial<PlatformLock> | string | undefined>>;

/** Returns images on `base`, each with the given lock. */
function workspaceOf(locks: Locks, archiveLock?: ArchiveLock): Workspace {
  const names = Object.keys(locks);
  const text = (lock: Partial<PlatformLock> | string): string =>
    typeof lock === 'string'
      ? lock
      : pretty({
          lockVersion: 1,
          platforms: { 'linux/amd64': { time: 1, requested: [], packages: [], ...lock } },
        });
  return valueOf(
    readWorkspace({
      images: names.map((name) =>
        imageFile(name, {
          from: name === 'base' ? { debian: 'trixie' } : { image: 'base' },
          platforms: ['linux/amd64'],
        }),
      ),
      tools: [],
      imageLocks: names.flatMap((name) => {
        const lock = locks[name];
        return lock === undefined ? [] : [{ file: `images/${name}/lock.json`, text: text(lock) }];
      }),
      ...(archiveLock && { archiveLock: { file: FILE, text: pretty(archiveLock) } }),
    }),
  );
}

describe('archive.lock.json', () => {
  it('of the first format is read as its one state', () => {
    const first = { lockVersion: 1, time: OLD.time, releases: OLD.releases };
    expect(valueOf(parseArchiveLock(FILE, pretty(first))).value).toEqual(lockOf(OLD));
  });

  it('has each state once, sorted by id', () => {
    expect(lockOf(OLD, NEW, OTHER)).toEqual(lockOf(OTHER, OLD, NEW, OLD));
    const ids = lockOf(OLD, NEW, OTHER).states.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort());
  });

  it('is refused if a state’s id does not match its releases', () => {
    const altered = { lockVersion: 2, states: [{ ...OLD, releases: NEW.releases }] };
    expect(shown(parseArchiveLock(FILE, pretty(altered)))).toMatch(
      /"states\[0\]\.id": expected the id of its releases.*\(lock-tampered\)/,
    );
  });
});

describe('the states in use', () => {
  it.each<[string, Locks, number[]]>([
    ['are those that locks name', { base: { bootstrap: [DEB], state: OLD.id } }, [1]],
    [
      'may be several',
      {
        base: { bootstrap: [DEB], state: OLD.id },
        child: { packages: [{ ...DEB, name: 'jq' }], state: NEW.id },
      },
      [1, 2],
    ],
    ['need no lock without packages', { base: { bootstrap: [DEB], state: OLD.id }, child: {} }, [1]],
    ['are all, if a lock names no state', { base: { bootstrap: [DEB] } }, [1, 2, 3]],
    [
      'are all, if a lock can’t be read',
      { base: { bootstrap: [DEB], state: OLD.id }, child: '{' },
      [1, 2, 3],
    ],
    ['are empty without locks', { base: undefined }, []],
  ])('%s', (_, locks, expected) => {
    const lock = lockOf(OLD, NEW, OTHER);
    expect(idsOf(withoutUnusedStates(lock, workspaceOf(locks, lock).images.values()))).toEqual(expected);
  });

  it.each([
    [undefined, ', but there is no images/archive.lock.json. (lock-stale)'],
    [lockOf(NEW), ' that archive.lock.json does not have. (lock-stale)'],
  ])('must be in archive.lock.json', (lock, what) => {
    const { images } = workspaceOf({ base: { bootstrap: [DEB], state: OLD.id } }, lock);
    expect(shown(checkLocks(images.values(), 'registry'))).toContain(
      `The lock of "base" names an archive state${what}`,
    );
  });
});

describe('a family', () => {
  it('is an image and all images based on it, parents first', () => {
    const { images } = workspaceOf({ zoo: {}, base: { bootstrap: [DEB] }, child: {} });
    const names = (name: string) => familyOf(images.get(name)!, images).map((image) => image.name);
    expect(names('base')).toEqual(['base', 'child', 'zoo']);
    expect(names('child')).toEqual(['child']);
  });
});
