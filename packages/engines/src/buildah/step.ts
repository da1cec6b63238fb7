import { join } from 'node:path';
import { newOwnedName, timerMs } from '@image-tooling/host';
import { fail, ok, type Failed, type Result } from '@image-tooling/model';
import { checkUsers, succeeded, type Step, type StepResult } from '../port';
import { makeStepFolders } from '../step-folders';
import { writeChanges } from './changes';
import type { HostEnv } from './configuration';
import { unpackedLayers } from './layers';
import { removeSteps } from './leftovers';
import type { Places } from './places';
import { checkPlatform } from '../platforms';
import { mountRootfs, type OverlayKind } from './rootfs';
import { runCommands } from './runner';
import { openSandbox, type Sandbox } from './sandbox';

/** The shared state of all steps of an open engine. */
export interface Surroundings {
  readonly places: Places;
  readonly env: HostEnv;
  readonly isRoot: boolean;
  readonly overlay?: OverlayKind;
}

/** Runs a step from its layers to its changes, and removes everything else, however it ends. */
export async function runStep(
  step: Step,
  around: Surroundings,
  signal: AbortSignal,
  onLine?: (line: string) => void,
): Promise<Result<StepResult>> {
  checkUsers(step);
  const checked = await checkStep(step, around);
  if (!checked.ok) return checked;
  if (signal.aborted) return fail({ code: 'aborted', message: `${step.label}: stopped before it began.` });
  const limit = AbortSignal.timeout(timerMs(step.timeoutSeconds));
  const stop = AbortSignal.any([signal, limit]);
  const name = newOwnedName();
  const result = await inSandbox(step, { ...around, name, signal: stop, onLine });
  await removeSteps([name], around);
  return !result.ok && stop.reason === limit.reason && limit.aborted ? outOfTime(step, result) : result;
}

/** One run of a step. */
interface StepRun extends Surroundings {
  /** Of its folder below `places.steps`, and of its containers. */
  readonly name: string;
  readonly signal: AbortSignal;
  readonly onLine: ((line: string) => void) | undefined;
}

async function inSandbox(step: Step, run: StepRun): Promise<Result<StepResult>> {
  const temporary = join(run.places.steps, run.name, 'tmp');
  const made = await makeStepFolders(step, temporary);
  if (!made.ok) return made;
  const env = { ...run.env, TMPDIR: temporary };
  const sandbox = await openSandbox({ ...run, network: step.network, env });
  if (!sandbox.ok) return sandbox;
  try {
    return await work(step, { ...run, env, sandbox: sandbox.value });
  } finally {
    await sandbox.value.close();
  }
}

async function work(step: Step, run: StepRun & { readonly sandbox: Sandbox }): Promise<Result<StepResult>> {
  const opaqueXattr = `${run.isRoot ? 'trusted' : 'user'}.overlay.opaque`;
  const layers = await unpackedLayers(step.system, { ...run, opaqueXattr });
  if (!layers.ok) return layers;
  const rootfs = await mountRootfs(step, layers.value, run);
  if (!rootfs.ok) return rootfs;
  const commands = await runCommands(step, { ...run, rootfs: rootfs.value });
  if (!commands.ok) return commands;
  const result = { commands: commands.value, isolated: step.network === 'none' };
  if (step.changesTo === undefined || !commands.value.every(succeeded)) return ok(result);
  const changes = await writeChanges(rootfs.value, run.sandbox, step.changesTo, run.signal);
  return changes.ok ? ok({ ...result, changes: changes.value }) : changes;
}

/** Fails if a step can't run here: because of its platform, or of paths that can't be mounted. */
export async function checkStep(
  step: Pick<Step, 'mounts' | 'platform'>,
  { places }: Pick<Surroundings, 'places'>,
): Promise<Result<void>> {
  const paths = [places.root, ...step.mounts.flatMap(({ source, target }) => [source, target])];
  const odd = paths.find((path) => !path.startsWith('/') || /[:,\\\n]/.test(path));
  if (odd === undefined) return checkPlatform(step.platform);
  return fail({
    code: 'usage',
    message: `The path ${JSON.stringify(odd)} can't be mounted: it must be absolute and without : , \\ or line breaks.`,
    hint: 'Move the workspace, or set IMAGE_STORE to a folder with a simpler name.',
  });
}

function outOfTime(step: Step, stopped: Failed): Failed {
  return fail({
    code: 'timeout',
    message: `${step.label}: did not end within ${step.timeoutSeconds} s and was stopped.`,
    details: stopped.failures.flatMap(({ details = [] }) => details),
  });
}
