import type { CommandResult, Engine, Step, StepResult } from '@image-tooling/engines';
import {
  all,
  fail,
  failWith,
  judgeCommand,
  ok,
  searchesOf,
  type CheckOutcome,
  type Failure,
  type PlannedCommand,
  type Result,
  type RunContext,
} from '@image-tooling/model';
import type { Session } from '../session';
import { batchesOf, listingStep, type Batch, type Trial } from './batches';
import { searchLines } from './search-lines';
import { withCheckFolders } from './check-files';

/** The result of running a plan. */
export interface Ran {
  /** One for each command, in the order of the plan. */
  readonly outcomes: readonly CheckOutcome[];
  /** Of all files, as `LISTING_ARGV` prints it. */
  readonly listing: string;
  /** Whether all steps without network were cut off from it. */
  readonly isolated: boolean;
}

/**
 * Runs all steps of a plan in parallel, and lists the image. Fails if a step did not run to its end: as the
 * engine does, or with `engine`. A failing step stops the others.
 */
export function runSteps(
  session: Pick<Session, 'store' | 'context'>,
  engine: Engine,
  trial: Trial,
): Promise<Result<Ran>> {
  return withCheckFolders(session, trial.commands, async (folders) => {
    const batches = batchesOf(trial, folders);
    const listing = listingStep(trial);
    const results = await allOrStop(session.context, (context) => [
      run(engine, listing, context),
      ...batches.map(({ step }) => run(engine, step, context)),
    ]);
    if (!results.ok) return results;
    const [listed, ...ran] = results.value as [StepResult, ...StepResult[]];
    const files = listingOf(listing, listed);
    if (!files.ok) return files;
    const isolated = [listing, ...batches.map(({ step }) => step)].every(
      ({ network }, at) => network === 'host' || results.value[at]?.isolated === true,
    );
    const outcomes = await outcomesOf(session.context, judgedOf(trial, batches, ran));
    return outcomes.ok ? ok({ outcomes: outcomes.value, listing: files.value, isolated }) : outcomes;
  });
}

/** Waits for all; the first that fails stops the others, which are not reported. */
async function allOrStop<T>(
  context: RunContext,
  start: (context: RunContext) => readonly Promise<Result<T>>[],
): Promise<Result<T[]>> {
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const results = await Promise.all(
    start({ ...context, signal }).map(async (running) => {
      const result = await running;
      if (!result.ok) stop.abort();
      return result;
    }),
  );
  const ended = all(results);
  if (ended.ok) return ended;
  const causes = ended.failures.filter(({ code }) => code !== 'aborted');
  return causes.length > 0 && !context.signal.aborted
    ? failWith(withoutRepetitions(causes))
    : fail(ended.failures[0]);
}

/** Steps often fail for the same reason. */
function withoutRepetitions(failures: readonly Failure[]): Failure[] {
  return [...new Map(failures.map((failure) => [JSON.stringify(failure), failure])).values()];
}

async function run(engine: Engine, step: Step, context: RunContext): Promise<Result<StepResult>> {
  const shown = context.progress.step(step.label);
  const result = await engine.run(step, context, (line) => {
    if (line.includes('\0')) return;
    shown.status(line.trim().slice(0, 60));
    shown.output(line);
  });
  const complete = result.ok ? checkComplete(step, result.value) : result;
  if (complete.ok) shown.done({ origin: 'ran' });
  else shown.failed();
  return complete;
}

/** Checks that the engine ran all commands. */
function checkComplete(step: Step, result: StepResult): Result<StepResult> {
  const [wanted, got] = [step.commands.length, result.commands.length];
  if (wanted === got) return ok(result);
  return fail({
    code: 'engine',
    message: `${step.label}: the engine ran ${got} of ${wanted} commands.`,
    hint: 'Run the test again, or use another engine: IMAGE_ENGINE=buildah (or dagger).',
  });
}

function listingOf(step: Step, { commands }: StepResult): Result<string> {
  const [result] = commands as [CommandResult];
  if (result.exitCode === 0 && !result.timedOut) return ok(result.stdout);
  return fail({
    code: 'step-failed',
    message: `${step.label}: "find" ended with exit code ${result.exitCode}${result.timedOut ? ', out of time' : ''}.`,
    hint: 'The image needs "find" of the package findutils.',
    details: result.stderr.trim().split('\n').slice(-10),
  });
}

interface Judged {
  readonly command: PlannedCommand;
  readonly result: CommandResult;
}

async function outcomesOf(
  { signal }: RunContext,
  judged: readonly Judged[],
): Promise<Result<CheckOutcome[]>> {
  const searches = judged.flatMap(({ command, result }) => searchesOf(command, result));
  const searched = await searchLines(searches, signal);
  if (!searched.ok) return searched;
  return ok(judged.map(({ command, result }) => judgeCommand(command, result, searched.value)));
}

/** Returns each command of the plan with its outcome, in the plan's order. */
function judgedOf(trial: Trial, batches: readonly Batch[], ran: readonly StepResult[]): Judged[] {
  const results = new Map(
    batches.flatMap(({ places }, batch) =>
      places.map((place, at) => [place, ran[batch]?.commands[at] as CommandResult] as const),
    ),
  );
  return trial.commands.map((command, place) => ({ command, result: results.get(place) as CommandResult }));
}
