import { STAGES, type CiPlan, type Job, type StageName } from '../plan';
import { jobName, nxArguments } from './command';

/** One entry of a matrix. */
export interface MatrixJob {
  readonly name: string;
  /** "amd64", "arm64", or "any". */
  readonly arch: string;
  readonly targets: string;
  readonly projects: string;
  /** Expected, without the job's start. */
  readonly seconds: number;
}

/** GitHub runs at most so many jobs of a matrix (docs.github.com, "Usage limits"). */
export const MOST_MATRIX_JOBS = 256;

/**
 * Returns the entries of a matrix for each stage: `matrix: { job: ${{ fromJSON(needs.plan.outputs.plan).images }} }`.
 * GitHub refuses an empty matrix: a job of the workflow needs `if: fromJSON(…).images[0]`.
 */
export function githubMatrices(plan: CiPlan): Readonly<Record<StageName, readonly MatrixJob[]>> {
  const entries = (stage: StageName): MatrixJob[] =>
    plan[stage].map((job, at) => ({
      name: nameIn(plan, stage, job, at),
      arch: job.arch ?? 'any',
      ...nxArguments(job),
      seconds: Math.round(job.seconds),
    }));
  const [tools, parents, images, publish] = STAGES.map(entries) as [
    MatrixJob[],
    MatrixJob[],
    MatrixJob[],
    MatrixJob[],
  ];
  return { tools, parents, images, publish };
}

/** Returns the name of a job, counted among those of its stage and processor. */
export function nameIn(plan: CiPlan, stage: StageName, job: Job, at: number): string {
  const alike = plan[stage].filter(({ arch }) => arch === job.arch);
  const before = plan[stage].slice(0, at).filter(({ arch }) => arch === job.arch).length;
  return jobName(stage, job, before, alike.length);
}
