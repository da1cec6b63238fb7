import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { discard, Fault, newOwnedName, timerMs } from '@image-tooling/host';
import { fail, type Failed, type Result } from '@image-tooling/model';
import type { Step, StepResult } from '../../port';
import { makeStepFolders } from '../../step-folders';
import type { DaggerSession } from '../session';
import { checkStep } from './check';
import { goneFailure, stepFailure } from './failures';
import { watchHealth, type HealthTimes } from './health';
import { openLines } from './lines';
import type { Places } from './places';
import { runInEngine } from './work';

/** The shared state of all steps of an engine. */
export interface Surroundings {
  readonly session: DaggerSession;
  readonly places: Places;
  readonly health?: HealthTimes;
}

/** Runs a step from its layers to its changes, and removes everything else, however it ends. */
export async function runStep(
  step: Step,
  around: Surroundings,
  signal: AbortSignal,
  onLine?: (line: string) => void,
): Promise<Result<StepResult>> {
  const checked = await checkStep(step, around.session);
  if (!checked.ok) return checked;
  if (signal.aborted) return fail({ code: 'aborted', message: `${step.label}: stopped before it began.` });
  const limit = AbortSignal.timeout(timerMs(step.timeoutSeconds));
  const [gone, ended] = [new AbortController(), new AbortController()];
  const stop = AbortSignal.any([signal, limit, gone.signal]);
  // Every query adds a listener, and there may be one for each layer at a time.
  setMaxListeners(0, stop);
  const onGone = (cause: string): void => gone.abort(new Fault(goneFailure({ step, ...around }, cause)));
  void watchHealth(around.session, ended.signal, onGone, around.health);
  const name = newOwnedName();
  const folder = join(around.places.steps, name);
  const lines = await openLines(onLine);
  try {
    const made = await makeStepFolders(step, folder);
    return made.ok ? await runInEngine(step, { ...around, name, folder, lines, signal: stop }) : made;
  } catch (error) {
    if (!stop.aborted) return fail(stepFailure(error, { step, ...around }));
    return stopped(step, stop.reason === limit.reason, stop.reason);
  } finally {
    ended.abort();
    await lines.close();
    await discard(folder);
  }
}

function stopped(step: Step, isLate: boolean, reason: unknown): Failed {
  if (reason instanceof Fault) return fail(reason.failure);
  if (!isLate) return fail({ code: 'aborted', message: `${step.label}: stopped while it ran.` });
  const message = `${step.label}: did not end within ${step.timeoutSeconds} s and was stopped.`;
  return fail({ code: 'timeout', message });
}
