import { lastLines } from '@image-tooling/host';
import type { Failure } from '@image-tooling/model';
import type { Step } from '../../port';
import type { DaggerSession } from '../session';
import { queryErrorIn } from './query';
import { DISK_FULL_CODES } from './script';

/** What the step and its engine are called in messages. */
export interface Subject {
  readonly step: Pick<Step, 'label' | 'platform'>;
  readonly session: Pick<DaggerSession, 'origin' | 'engineVersion'>;
}

/** Why the engine, which was there, is not any more. */
export function goneFailure({ step, session }: Subject, cause: string): Failure {
  return {
    code: 'engine',
    message: `${step.label}: the Dagger engine went away (${session.origin}).`,
    hint: 'See whether it still runs, and run this again; IMAGE_ENGINE=buildah does without it.',
    details: [cause],
  };
}

/** What is thrown by a query, as a failure. Bugs are thrown on. */
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
 * What a session answers with whose engine is no longer there, as gRPC and Go's net package word it. Seen: the
 * engine killed while a step ran, and between two queries.
 */
const LOST =
  /connection (refused|reset|error)|transport is closing|error reading from server|use of closed network connection|broken pipe|client is closing|session .*not found|^EOF$|unexpected EOF/i;

/**
 * An engine whose disk is full can't keep what the runner says about it, nor that it was an exec that failed: the
 * exit code in its message is all there is.
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
    hint: "The system needs /bin/sh, env, cat, mkdir, mkfifo, rm and sleep; the details are the engine's own words.",
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
