import {
  lowerBound,
  oneJobEach,
  planJobs,
  readTaskGraph,
  readTimes,
  type CiPlan,
  type Tasks,
} from '@image-tooling/ci-plan';
import { ok, type Result } from '@image-tooling/model';
import { noNames } from '../../command/arguments';
import { said, type Command } from '../../command/command';
import { planFlags, type PlanFlags } from './flags';
import { planLines } from './lines';
import { graphOfNx } from './nx-graph';
import { readTimesFiles } from './times-files';

/** Divides the affected tasks into CI jobs, for a GitHub matrix or a GitLab child pipeline. */
export const ciPlan: Command = {
  flags: [
    'base',
    'all',
    'publish',
    'without-cache',
    'format',
    'include',
    'times',
    'most-jobs',
    'start-seconds',
  ],
  readOnly: true,
  async run({ given, cwd, env, context }) {
    const none = noNames(given);
    if (!none.ok) return none;
    const flags = planFlags(given.flags);
    if (!flags.ok) return flags;
    const tasks = await affectedTasks(flags.value, { cwd, env, signal: context.signal });
    if (!tasks.ok) return tasks;
    const plan = planned(tasks.value, flags.value);
    const least = flags.value.withoutCache ? 0 : lowerBound(tasks.value, flags.value.limits);
    return said(planLines(plan, flags.value, least));
  },
};

function planned(tasks: Tasks, { withoutCache, limits }: PlanFlags): CiPlan {
  return withoutCache ? oneJobEach(tasks) : planJobs(tasks, limits);
}

interface Surroundings {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

async function affectedTasks(flags: PlanFlags, where: Surroundings): Promise<Result<Tasks>> {
  const times = await readTimesFiles(where.cwd, flags.times);
  if (!times.ok) return times;
  const graph = await graphOfNx({ ...where, ...flags });
  if (!graph.ok) return graph;
  const tasks = readTaskGraph(graph.value, readTimes(times.value));
  return tasks.ok ? ok(tasks.value) : tasks;
}
