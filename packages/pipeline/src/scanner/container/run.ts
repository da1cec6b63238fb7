import type { CommandResult, Step } from '@image-tooling/engines';
import { succeeded } from '@image-tooling/engines';
import { lastLines } from '@image-tooling/host';
import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import { SCAN_POLICY } from '../../scan-policy';
import type { Session } from '../../session';

/**
 * Runs a step of a scanner without network, and returns the results of its commands. Fails with `scan-invalid` if one of
 * them fails, as a scanner does that can't use its database or SBOM.
 */
export async function runScanner(
  session: Session,
  step: Omit<Step, 'network' | 'onFailure'>,
): Promise<Result<readonly CommandResult[]>> {
  const engine = await session.engine();
  if (!engine.ok) return engine;
  const shown = session.context.progress.step(step.label);
  const ran = await engine.value.run({ ...step, network: 'none', onFailure: 'stop' }, session.context);
  const failed = ran.ok ? ran.value.commands.find((one) => !succeeded(one)) : undefined;
  const failure = failed
    ? commandFailure(step, failed)
    : ran.ok && !ran.value.isolated
      ? notIsolated(step)
      : undefined;
  if (!ran.ok || failure) {
    shown.failed();
    return failure ? fail(failure) : (ran as Extract<typeof ran, { ok: false }>);
  }
  shown.done({ origin: 'ran' });
  return ok(ran.value.commands);
}

function commandFailure({ label }: Pick<Step, 'label'>, result: CommandResult): Failure {
  const end = result.timedOut ? 'timed out' : `ended with exit code ${result.exitCode}`;
  if (result.exitCode === NOT_FOUND) return withoutProgram(label);
  return {
    code: 'scan-invalid',
    message: `${label}: the scanner ${end}.`,
    hint: 'If it names its database: npx image-tooling scan-lock',
    details: lastLines(`${result.stdout.slice(-MOST_SHOWN)}\n${result.stderr}`, 20),
  };
}

/** Exit code of a shell and of env for a program that is not there (env(1), "Exit status"). */
const NOT_FOUND = 127;

function withoutProgram(label: string): Failure {
  return {
    code: 'usage',
    message: `${label}: the image that "database" names does not have the scanner.`,
    hint: `Add it to "tools" of that image, or name another image in ${SCAN_POLICY}.`,
    place: { file: SCAN_POLICY },
  };
}

/** Characters: a report on standard output may be megabytes. */
const MOST_SHOWN = 2000;

function notIsolated({ label }: Pick<Step, 'label'>): Failure {
  return {
    code: 'engine',
    message: `${label}: the engine did not cut off the network; its result is discarded.`,
    hint: 'Use another engine: IMAGE_ENGINE=buildah (or dagger).',
  };
}
