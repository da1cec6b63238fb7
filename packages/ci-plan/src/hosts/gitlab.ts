import { STAGES, type CiPlan } from '../plan';
import { nxArguments } from './command';
import { nameIn } from './github';

/**
 * Returns a child pipeline of GitLab, which is YAML because it is JSON. Its jobs extend `.image-tooling-amd64`,
 * `.image-tooling-arm64` or `.image-tooling` of the file `include`, in which you set runners (`tags`), `image` and
 * `before_script`. Stages wait for each other, so that no job has `needs`, of which GitLab allows 50.
 */
export function gitlabPipeline(plan: CiPlan, include: string): Readonly<Record<string, unknown>> {
  const stages = STAGES.filter((stage) => plan[stage].length > 0);
  const jobs = stages.flatMap((stage) =>
    plan[stage].map((job, at) => {
      const { targets, projects } = nxArguments(job);
      const template = job.arch ? `.image-tooling-${job.arch}` : '.image-tooling';
      const script = [`npx nx run-many -t ${targets} -p ${projects} --outputStyle=stream`];
      return [nameIn(plan, stage, job, at), { stage, extends: template, script }] as const;
    }),
  );
  return { include: [{ local: include }], stages, ...Object.fromEntries(jobs) };
}
