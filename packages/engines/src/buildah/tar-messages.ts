/**
 * What GNU tar's error output says, in English by `LC_ALL=C`. tar ends with 2 for every fatal error (tar(1), "RETURN
 * VALUE") and has no other format for errors than text.
 */

/** glibc's texts for ENOSPC and EDQUOT (sysdeps/gnu/errlist.h). */
const FULL = /No space left|Disk quota/;

/** chown_error_details of paxutils for EINVAL: the user namespace does not map the owner (user_namespaces(7)). */
const UNKNOWN_OWNER = /Cannot change ownership.*Invalid argument/;

export function saysDiskIsFull(stderr: string): boolean {
  return FULL.test(stderr);
}

export function saysUnknownOwner(stderr: string): boolean {
  return UNKNOWN_OWNER.test(stderr);
}
