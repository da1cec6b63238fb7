import {
  githubMatrices,
  gitlabPipeline,
  jobCount,
  makespan,
  STAGES,
  type CiPlan,
  type StageName,
} from '@image-tooling/ci-plan';
import { aligned, counted, spanText } from '@image-tooling/model';
import type { PlanFlags } from './flags';

/** Returns a plan as text for people, or as JSON for GitHub (one line) or GitLab. */
export function planLines(plan: CiPlan, { format, include, limits }: PlanFlags, least: number): string[] {
  if (format === 'github') return [JSON.stringify(githubMatrices(plan))];
  if (format === 'gitlab') return [JSON.stringify(gitlabPipeline(plan, include), undefined, 2)];
  const jobs = jobCount(plan);
  if (jobs === 0) return ['No image is affected: no jobs.'];
  const bound = least > 0 ? ` (no plan takes less than ${spanText(least)})` : '';
  const rows = STAGES.flatMap((stage) => stageRows(plan, stage));
  return [
    `${counted(jobs, 'job')}, about ${spanText(makespan(plan, limits))}${bound}`,
    ...aligned(rows, [2]),
  ];
}

function stageRows(plan: CiPlan, stage: StageName): string[][] {
  return githubMatrices(plan)[stage].map(({ name, seconds, targets, projects }) => [
    `  ${name}`,
    `${targets} of ${projects.split(',').length > 4 ? counted(projects.split(',').length, 'project') : projects}`,
    spanText(seconds),
  ]);
}
