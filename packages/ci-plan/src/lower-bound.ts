import type { PlanLimits } from './plan';
import { secondsOf, type Task, type Tasks } from './task';

/**
 * Returns seconds that no plan of our kind can stay below: tools that several images need are compiled before images,
 * and everything before publishing. In each stage, the work is divided evenly, and what needs what within it is
 * ignored, except the longest chain; for each division of the jobs among the stages. A plan with fewer stages has
 * everything that hangs together in one job.
 */
export function lowerBound(tasks: Tasks, limits: PlanLimits): number {
  const all = [...tasks.values()];
  const publish = all.filter(({ kind }) => kind === 'publish');
  const before = all.filter(({ kind }) => kind !== 'publish');
  const shared = sharedTools(before);
  const bounds = [
    stagesBound([before, publish], limits, largestComponent(before, tasks)),
    stagesBound([shared, before.filter((task) => !shared.includes(task)), publish], limits, 0),
  ];
  return Math.min(...bounds);
}

/** Returns the tools that several images name. */
function sharedTools(tasks: readonly Task[]): Task[] {
  const users = new Map<string, number>();
  for (const { needs } of tasks) for (const id of needs) users.set(id, (users.get(id) ?? 0) + 1);
  return tasks.filter(({ kind, id }) => kind === 'tool' && (users.get(id) ?? 0) > 1);
}

/** Returns the shortest time of stages, the longest of which before publishing takes at least `atLeast` seconds. */
function stagesBound(
  stages: readonly (readonly Task[])[],
  { startSeconds, mostJobs }: PlanLimits,
  atLeast: number,
): number {
  const filled = stages.filter((stage) => stage.length > 0);
  const [first = [], ...others] = filled;
  const longest = Math.max(0, atLeast, ...chains(first));
  const alone = (jobs: number): number => startSeconds + Math.max(longest, secondsOf(first) / jobs);
  if (others.length === 0) return filled.length === 0 ? 0 : alone(mostJobs);
  const counts = Array.from({ length: mostJobs - others.length }, (_, at) => at + 1);
  return Math.min(
    ...counts.map(
      (jobs) => alone(jobs) + stagesBound(others, { startSeconds, mostJobs: mostJobs - jobs }, 0),
    ),
  );
}

/** Returns how long each of the tasks takes with those of them that it needs. */
function chains(some: readonly Task[]): number[] {
  const own = new Map(some.map((task) => [task.id, task]));
  const known = new Map<string, number>();
  const until = (task: Task): number => {
    const found = known.get(task.id);
    if (found !== undefined) return found;
    const seconds = task.seconds + Math.max(0, ...task.needs.flatMap((id) => own.get(id) ?? []).map(until));
    known.set(task.id, seconds);
    return seconds;
  };
  return some.map(until);
}

/** Returns the seconds of the largest set of tasks that are connected by what they need. */
function largestComponent(some: readonly Task[], tasks: Tasks): number {
  const parents = new Map<string, string>();
  const rootOf = (id: string): string => {
    let root = id;
    for (let next = parents.get(root); next !== undefined; next = parents.get(root)) root = next;
    return root;
  };
  for (const { id, needs } of some)
    for (const need of needs) {
      const [one, other] = [rootOf(id), rootOf(need)];
      if (tasks.has(need) && one !== other) parents.set(one, other);
    }
  const sums = new Map<string, number>();
  for (const { id, seconds } of some) sums.set(rootOf(id), (sums.get(rootOf(id)) ?? 0) + seconds);
  return Math.max(0, ...sums.values());
}
