import { lastLines } from '@image-tooling/host';
import type { Failure } from '@image-tooling/model';
import type { Step } from '../../port';
import type { DaggerSession } from '../session';
import { queryErrorIn } from './query';
import { DISK_FULL_CODES } from './script';

/** The step and its engine, for messages. */
export interface Subject {
  readonly step: Pick<Step, 'label' | 'platform'>;
  readonly session: Pick<DaggerSession, 'origin' | 'engineVersion'>;
}

/** Returns the failure of an engine that no longer answers. */
export function goneFailure({ step, session }: Subject, cause: string): Failure {
  return {
    code: 'engine',
    message: `${step.label}: lost the connection to the Dagger engine (${session.origin}).`,
    hint: 'Check that it still runs, and run this again; or set IMAGE_ENGINE=buildah.',
    details: [cause],
  };
}

/** Returns the failure for an error that a query threw. Rethrows bugs. */
export function failureOf(error: unknown, subject: Subject): Failure {
  const query = queryErrorIn(error);
  if (!query) throw error;
  const text = [query.message, ...['stdout', 'stderr'].map((name) => query.extensions[name])]
    .filter((part) => typeof part === 'string')
    .join('\n')
    .replace(/ \[traceparent:[^\]]*\]/g, '');
  if (query.kind === 'lost' || LOST.test(query.message)) return goneFailure(subject, firstLine(text));
  if (isDiskFull(text)) return fullFailure(subject, text);
  if (/exec format error/i.test(text)) return platformFailure(subject, text);
  return query.extensions['_type'] === 'EXEC_ERROR' ? execFailure(subject, text) : refusal(subject, text);
}

/**
 * The answers of a session whose engine is gone, in the words of gRPC and Go's net package. Seen:
 * the engine killed while a step ran, and between two queries.
 */
const LOST =
  /connection (refused|reset|error)|transport is closing|error reading from server|use of closed network connection|broken pipe|client is closing|session .*not found|^EOF$|unexpected EOF/i;

/**
 * An engine with a full disk can store neither the runner's output nor the kind of the error: only its
 * message has the exit code.
 */
function isDiskFull(text: string): boolean {
  const exitCode = /exit code: (\d+)/.exec(text)?.[1];
  return FULL.test(text) || DISK_FULL_CODES.includes(Number(exitCode));
}

const FULL = /no space left on device|disk quota exceeded/i;

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

function fullFailure({ step, session }: Subject, text: string): Failure {
  return {
    code: 'disk-full',
    message: `${step.label}: no space left on the disk of the Dagger engine (${session.origin}).`,
    hint: 'Free space where the engine keeps its state ("dagger core engine local-cache prune"), or give it a larger disk.',
    details: lastLines(text),
  };
}

function platformFailure({ step, session }: Subject, text: string): Failure {
  return {
    code: 'platform',
    message: `${step.label}: the Dagger engine (${session.origin}) can't run programs of ${step.platform}.`,
    hint: "Register an emulator on the engine's machine: ./bootstrap --all-platforms does it there.",
    details: lastLines(text),
  };
}

function execFailure({ step }: Subject, text: string): Failure {
  return {
    code: 'engine',
    message: `${step.label}: the Dagger engine could not run the step.`,
    hint: "The system needs /bin/sh, env, cat, mkdir, mkfifo, rm and sleep; the details are the engine's own output.",
    details: lastLines(text),
  };
}

function refusal({ step }: Subject, text: string): Failure {
  return {
    code: 'engine',
    message: `${step.label}: the Dagger engine answered with an error.`,
    details: lastLines(text),
  };
}
