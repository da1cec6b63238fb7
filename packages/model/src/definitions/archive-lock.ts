import * as z from 'zod';
import { canonicalJson } from '../canonical';
import { digestOf, type Digest } from '../digest';
import { digest, epochSeconds, sha256 } from './fields';

const release = z.strictObject({
  archive: z.string().min(1),
  suite: z.string().min(1),
  /** Of the InRelease file. */
  sha256,
  /** Its `Date`, in seconds since the epoch. */
  date: epochSeconds,
});

const content = {
  /** The newest date of the releases, in seconds since the epoch. */
  time: epochSeconds,
  releases: z.array(release),
};

const state = z.strictObject({ id: digest, ...content }).superRefine(({ id, releases }, context) => {
  const expected = archiveStateId(releases);
  if (id !== expected)
    context.addIssue({
      code: 'custom',
      path: ['id'],
      message: `expected the id of its releases (${expected})`,
    });
});

/** The content of images/archive.lock.json: each archive state that an image's lock names, by id. */
export const archiveLockSchema = z.strictObject({ lockVersion: z.literal(2), states: z.array(state) });

/** The first format: one state for all images, which their locks don't name. */
export const firstArchiveLockSchema = z.strictObject({ lockVersion: z.literal(1), ...content });

export type ArchiveLock = z.output<typeof archiveLockSchema>;
/** The state of all archives at one moment. */
export type LockedArchiveState = ArchiveLock['states'][number];

/** Returns the id of a state: the sha256 of its releases as canonical JSON. */
export function archiveStateId(releases: LockedArchiveState['releases']): Digest {
  return digestOf(canonicalJson(releases));
}

/** Converts a lock of the first format to the current one. */
export function upgradedArchiveLock(first: z.output<typeof firstArchiveLockSchema>): ArchiveLock {
  const { time, releases } = first;
  return archiveLockWith(undefined, { id: archiveStateId(releases), time, releases });
}

/** Returns the lock with one more state. States are sorted by id, so that branches rarely conflict. */
export function archiveLockWith(lock: ArchiveLock | undefined, added: LockedArchiveState): ArchiveLock {
  const others = (lock?.states ?? []).filter(({ id }) => id !== added.id);
  return { lockVersion: 2, states: [...others, added].sort((a, b) => (a.id < b.id ? -1 : 1)) };
}
