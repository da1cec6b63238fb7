import { lastLines } from '@image-tooling/host';
import { fail, type Failure, type Result } from '@image-tooling/model';
import type { Step, StepResult } from '@image-tooling/engines';
import type { Session } from '../session';

/**
 * Runs a step whose commands must all succeed. Fails with `step-failed` and the last lines of the failed
 * command.
 */
export async function runStep(session: Session, step: Step): Promise<Result<StepResult>> {
  const engine = await session.engine();
  if (!engine.ok) return engine;
  const shown = session.context.progress.step(step.label);
  const result = await engine.value.run(step, session.context, (line) => {
    shown.status(line.trim().slice(0, 60));
    shown.output(line);
  });
  const failure = result.ok
    ? (firstFailure(step, result.value.commands) ?? notIsolated(step, result.value))
    : undefined;
  if (!result.ok || failure) {
    shown.failed();
    return failure ? fail(failure) : result;
  }
  shown.done({ origin: 'built' });
  return result;
}

/** Discard results of steps that had network access, so that no published layer depends on it. */
function notIsolated({ label, network }: Step, { isolated }: StepResult): Failure | undefined {
  if (network === 'host' || isolated) return undefined;
  return {
    code: 'engine',
    message: `${label}: the engine did not cut off the network; its result is discarded.`,
    hint: 'Use another engine: IMAGE_ENGINE=buildah (or dagger).',
  };
}

type Commands = readonly {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}[];

function firstFailure(step: Step, results: Commands): Failure | undefined {
  const index = results.findIndex((result) => result.exitCode !== 0 || result.timedOut);
  const result = results[index];
  if (!result) return undefined;
  const end = result.timedOut ? 'timed out' : `ended with exit code ${result.exitCode}`;
  return {
    code: 'step-failed',
    message: `${step.label}: a command ${end}.`,
    hint: 'Fix the error above; IMAGE_VERBOSE=1 shows the whole output.',
    details: [
      `command: ${step.commands[index]?.argv.join(' ') ?? ''}`,
      ...lastLines(`${result.stdout.trimEnd()}\n${result.stderr}`, 30),
    ],
  };
}
