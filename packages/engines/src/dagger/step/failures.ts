import { failureOf, lastLines } from '@image-tooling/host';
import type { Failure } from '@image-tooling/model';
import type { Step } from '../../port';
import type { DaggerSession } from '../session';
import { saysDiskIsFull, saysEngineIsGone, saysOtherProcessor } from './dagger-messages';
import { queryErrorIn } from './query';

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

/** Returns the failure for an error that a step threw. Rethrows bugs. */
export function stepFailure(error: unknown, subject: Subject): Failure {
  const query = queryErrorIn(error);
  if (!query) return failureOf(error, subject.step.label);
  const text = [query.message, ...['stdout', 'stderr'].map((name) => query.extensions[name])]
    .filter((part) => typeof part === 'string')
    .join('\n')
    .replace(/ \[traceparent:[^\]]*\]/g, '');
  if (query.kind === 'lost' || saysEngineIsGone(query.message)) return goneFailure(subject, firstLine(text));
  if (saysDiskIsFull(text)) return fullFailure(subject, text);
  if (saysOtherProcessor(text)) return platformFailure(subject, text);
  return query.extensions['_type'] === 'EXEC_ERROR' ? execFailure(subject, text) : refusal(subject, text);
}

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
