import { lastLines, run } from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';
import type { Session } from '../session';
import type { CheckRequest } from './request';
import type { Room } from './room';
import { argvIn, envIn, surroundingsText, type Surroundings } from './surroundings';

/** One of the two builds. */
export interface BuildRun {
  readonly room: Room;
  readonly surroundings: Surroundings;
  readonly number: 1 | 2;
}

/** Seconds that a stopped build has to stop its own processes. */
const GRACE_SECONDS = 60;

/** Runs the build as a process of its own. Fails with `command-failed` and its output, or `aborted`. */
export async function runBuild(
  { env, context }: Session,
  { name, platform, launcher }: CheckRequest,
  { room, surroundings, number }: BuildRun,
): Promise<Result<void>> {
  const step = context.progress.step(`${name}: build ${number} of 2 (${surroundingsText(surroundings)})`);
  const ran = await run({
    argv: argvIn(surroundings, [...launcher, 'build', name, '--platform', platform]),
    cwd: room.workspace,
    env: envIn(surroundings, env, room.store.root),
    signal: context.signal,
    graceSeconds: GRACE_SECONDS,
    onLine(line) {
      step.status(line.trim().slice(0, 60));
      step.output(line);
    },
  });
  if (ran.ok && ran.value.exitCode === 0) {
    step.done({ origin: 'built' });
    return ok(undefined);
  }
  step.failed();
  if (!ran.ok) return ran;
  return fail({
    code: 'command-failed',
    message: `Build ${number} of 2 of "${name}" failed.`,
    hint: 'Fix the error above. The build also fails on its own, or depends on its environment.',
    details: [`surroundings: ${surroundingsText(surroundings)}`, ...lastLines(ran.value.stderr, 30)],
  });
}
