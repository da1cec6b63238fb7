import type { Job } from '../plan';

/** Returns what a job asks of Nx; the tasks that these need are run or restored too. */
export function nxArguments({ tasks }: Job): { readonly targets: string; readonly projects: string } {
  const unique = (names: readonly string[]): string => [...new Set(names)].sort().join(',');
  return {
    targets: unique(tasks.map(({ target }) => target)),
    projects: unique(tasks.map(({ project }) => project)),
  };
}

/** Returns the name of a job: "images (amd64, 2 of 3)". */
export function jobName(stage: string, { arch }: Job, at: number, count: number): string {
  const parts = [...(arch ? [arch] : []), ...(count > 1 ? [`${at + 1} of ${count}`] : [])];
  return parts.length === 0 ? stage : `${stage} (${parts.join(', ')})`;
}
