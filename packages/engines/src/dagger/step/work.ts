import { join } from 'node:path';
import type { Container } from '@dagger.io/dagger';
import { readTar, type TarEntry } from '@image-tooling/layer';
import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import { succeeded, type Step, type StepResult } from '../../port';
import type { DaggerSession } from '../session';
import { buildStep } from './build';
import { writeChanges } from './changes';
import type { LineSocket } from './lines';
import { STEP_FOLDER, type Places } from './places';
import { graphqlOf } from './query';
import { readResults, type StepOutcome } from './results';
import { groupsOf } from './script';
import { sdkClient, sdkParts } from './sdk-client';

export interface StepWork {
  readonly session: DaggerSession;
  readonly places: Places;
  /** Name of the step's folders, and the one for its temporary files. */
  readonly name: string;
  readonly folder: string;
  readonly lines: LineSocket;
  readonly signal: AbortSignal;
}

/** Runs a step in the engine, and fetches its results. Throws if the engine fails or the signal aborts. */
export async function runInEngine(step: Step, work: StepWork): Promise<Result<StepResult>> {
  const { session, lines, signal, folder } = work;
  const client = await sdkClient(graphqlOf(session, signal));
  const groups = groupsOf(step.commands);
  const built = await buildStep(step, { ...work, client, groups, linesPath: lines.path });
  signal.throwIfAborted();
  if (!built.ok) return built;
  const container = client.loadContainerFromID(built.value);
  const results = join(folder, 'results');
  await container.directory(`/${STEP_FOLDER}`).export(results);
  const outcome = await readResults(results, groups);
  if (!outcome) return fail(noResults(step));
  await handOut(outcome, lines);
  const { commands, interfaces } = outcome;
  const result = { commands, isolated: interfaces.join() === 'lo' };
  if (step.changesTo === undefined || !commands.every(succeeded)) return ok(result);
  const changes = await fetchChanges(container, step.changesTo, work);
  signal.throwIfAborted();
  return changes.ok ? ok({ ...result, changes: changes.value }) : changes;
}

async function fetchChanges(
  container: Container,
  to: string,
  { folder, signal }: StepWork,
): Promise<Result<TarEntry[]>> {
  const image = join(folder, 'image.tar');
  const { ImageLayerCompression, ImageMediaTypes } = await sdkParts();
  const options = {
    forcedCompression: ImageLayerCompression.Uncompressed,
    mediaTypes: ImageMediaTypes.OcimediaTypes,
  };
  await container.asTarball(options).export(image);
  const written = await writeChanges(image, to, signal);
  return written.ok ? readTar(to) : written;
}

/** Reports lines that did not arrive while the commands ran: a system without perl sends no lines. */
async function handOut({ commands }: StepOutcome, lines: LineSocket): Promise<void> {
  for (const [index, { stdout, stderr }] of commands.entries()) {
    await lines.complete(`${index} out`, stdout);
    await lines.complete(`${index} err`, stderr);
  }
}

function noResults({ label }: Step): Failure {
  return {
    code: 'engine',
    message: `${label}: the step ended in the Dagger engine, but left no results.`,
    hint: `The system must not contain /${STEP_FOLDER}.`,
  };
}
