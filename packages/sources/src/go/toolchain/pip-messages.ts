/**
 * What pip's output says (pip 23–26). pip ends with 1 for every failure (pip/_internal/cli/status_codes.py) and has no
 * other format for errors than text.
 */

/** HashMismatch.head (pip/_internal/exceptions.py). */
const WRONG_HASH = /DO NOT MATCH THE HASHES/i;

/** Python's text for ENOSPC (errno.h, by strerror). */
const FULL = 'No space left on device';

/** Errors of urllib3 and requests that pip prints, and NetworkConnectionError (pip/_internal/exceptions.py). */
const NETWORK =
  /Connection|Max retries|timed out|ProxyError|SSLError|Name or service not known|HTTP error|IncompleteRead/i;

export type PipProblem = 'wrong-hash' | 'disk-full' | 'network' | 'other';

/** Returns what kept pip from downloading a package. */
export function pipProblem(output: string): PipProblem {
  if (WRONG_HASH.test(output)) return 'wrong-hash';
  if (output.includes(FULL)) return 'disk-full';
  return NETWORK.test(output) ? 'network' : 'other';
}
