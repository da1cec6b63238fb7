import { describe, expect, it } from 'vitest';
import { ARCHES } from '@image-tooling/model';
import {
  jobCount,
  lowerBound,
  makespan,
  oneJobEach,
  planJobs,
  STAGES,
  type CiPlan,
  type PlanLimits,
  type Task,
  type Tasks,
} from '../src';
import { randomWorkspace, workspaceOf } from './workspace';

const LIMITS: PlanLimits = { startSeconds: 60, mostJobs: 20 };

const SMALL = workspaceOf({
  tools: { kubectl: 146, argocd: 395, jq: 2 },
  images: {
    base: { tools: [], seconds: 30 },
    k8s: { from: 'base', tools: ['kubectl', 'argocd', 'jq'], seconds: 20 },
    aws: { from: 'k8s', tools: [], seconds: 30 },
  },
});

describe('a plan', () => {
  it('compiles tools in parallel, then has one job for each processor, then one that publishes', () => {
    const plan = planJobs(SMALL, LIMITS);
    expect(shape(plan)).toEqual({ tools: 4, parents: 0, images: 2, publish: 1 });
    expect(plan.images.map(({ arch }) => arch)).toEqual(['amd64', 'arm64']);
    expect(plan.publish[0]?.tasks.map(({ id }) => id)).toEqual([
      'aws:publish',
      'base:publish',
      'k8s:publish',
    ]);
  });

  it('has no job for tools that take less than a job takes to start', () => {
    const plan = planJobs(
      workspaceOf({ tools: { jq: 2 }, images: { base: { tools: ['jq'], seconds: 30 } } }),
      LIMITS,
    );
    expect(shape(plan)).toEqual({ tools: 0, parents: 0, images: 2, publish: 1 });
    expect(plan.images[0]?.tasks.map(({ id }) => id)).toContain('jq:build-amd64');
  });

  it('is empty for no tasks', () => {
    expect(jobCount(planJobs(new Map(), LIMITS))).toBe(0);
  });

  it('is the same for the same tasks in another order', () => {
    const tasks = randomWorkspace(1, 60);
    const turned: Tasks = new Map([...tasks].reverse());
    expect(planJobs(turned, LIMITS)).toEqual(planJobs(tasks, LIMITS));
  });

  it('has one job for each processor where jobs can not pass results, and publishes nothing', () => {
    const plan = oneJobEach(SMALL);
    expect(shape(plan)).toEqual({ tools: 0, parents: 0, images: 2, publish: 0 });
    expect(new Set(plan.images.flatMap(({ tasks }) => tasks).map(({ id }) => id))).toEqual(
      new Set([...SMALL.values()].filter(({ kind }) => kind !== 'publish').map(({ id }) => id)),
    );
    expectOrder(plan);
  });
});

describe.each([1, 2, 3, 4, 5, 6, 7, 8])('200 images, workspace %i', (seed) => {
  const tasks = randomWorkspace(seed, 200);
  const plan = planJobs(tasks, LIMITS);

  it('runs every task once, after what it needs, on its processor', () => {
    const ids = STAGES.flatMap((stage) => plan[stage]).flatMap((job) => job.tasks.map(({ id }) => id));
    expect([...ids].sort()).toEqual([...tasks.keys()].sort());
    expectOrder(plan);
    for (const job of STAGES.flatMap((stage) => plan[stage]))
      for (const task of job.tasks) expect(task.arch).toBe(job.arch);
  });

  it('takes at most 1.15 of the lower bound, in at most 20 jobs', () => {
    expect(jobCount(plan)).toBeLessThanOrEqual(20);
    expect(makespan(plan, LIMITS) / lowerBound(tasks, LIMITS)).toBeLessThanOrEqual(1.15);
  });
});

it('needs both processors before it publishes', () => {
  const plan = planJobs(SMALL, LIMITS);
  expect(plan.publish.every(({ arch }) => arch === undefined)).toBe(true);
  expect(new Set(plan.images.map(({ arch }) => arch))).toEqual(new Set(ARCHES));
});

function shape(plan: CiPlan): Record<string, number> {
  return Object.fromEntries(STAGES.map((stage) => [stage, plan[stage].length]));
}

/** Expects what a task needs in an earlier stage, or before it in its job. */
function expectOrder(plan: CiPlan): void {
  const done = new Set<string>();
  for (const stage of STAGES) {
    for (const job of plan[stage]) expectJobOrder(job.tasks, done);
    for (const { tasks } of plan[stage]) for (const { id } of tasks) done.add(id);
  }
}

function expectJobOrder(tasks: readonly Task[], before: ReadonlySet<string>): void {
  const done = new Set(before);
  for (const { id, needs } of tasks) {
    expect(needs.filter((need) => !done.has(need))).toEqual([]);
    done.add(id);
  }
}
