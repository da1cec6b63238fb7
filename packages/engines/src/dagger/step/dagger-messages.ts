/**
 * What the text of a Dagger engine's error says. GraphQL's `extensions` have `_type: EXEC_ERROR` with the outputs of a
 * program that failed (docs.dagger.io, "Error handling"); for the cases here the engine offers nothing but text.
 */
import { DISK_FULL_CODES } from './script';

/**
 * The engine is gone: words of gRPC (internal/transport), of Go's net package and errno texts, and of the engine's own
 * "session … not found". Seen: the engine killed while a step ran, and between two queries.
 */
const LOST =
  /connection (refused|reset|error)|transport is closing|error reading from server|use of closed network connection|broken pipe|client is closing|session .*not found|^EOF$|unexpected EOF/i;

/** Go's texts for ENOSPC and EDQUOT (syscall, zerrors_linux_amd64.go). */
const FULL = /no space left on device|disk quota exceeded/i;

/** Go's text for ENOEXEC: the program is for another processor. */
const OTHER_PROCESSOR = /exec format error/i;

/** BuildKit's text for a program that failed (solver/errdefs/exec.go); the runner has codes of its own. */
const EXIT_CODE = /exit code: (\d+)/;

export function saysEngineIsGone(message: string): boolean {
  return LOST.test(message);
}

/**
 * Returns whether the engine's disk is full. It can then store neither the runner's output nor the kind of the error:
 * only its message has the exit code.
 */
export function saysDiskIsFull(text: string): boolean {
  return FULL.test(text) || DISK_FULL_CODES.includes(Number(EXIT_CODE.exec(text)?.[1]));
}

export function saysOtherProcessor(text: string): boolean {
  return OTHER_PROCESSOR.test(text);
}
