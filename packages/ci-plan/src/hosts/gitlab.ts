import { jobCount, STAGES, type CiPlan } from '../plan';
import { nxArguments } from './command';
import { nameIn } from './github';

type Pipeline = Readonly<Record<string, unknown>>;

/**
 * Returns a child pipeline of GitLab, which is YAML because it is JSON. Its jobs extend `.image-tooling-amd64`,
 * `.image-tooling-arm64` or `.image-tooling` of the file `include`, in which you set runners (`tags`), `image` and
 * `before_script`. Stages wait for each other, so that no job has `needs`, of which GitLab allows 50.
 */
export function gitlabPipeline(plan: CiPlan, include: string): Pipeline {
  const stages = STAGES.filter((stage) => plan[stage].length > 0);
  const jobs = stages.flatMap((stage) =>
    plan[stage].map((job, at) => {
      const { targets, projects } = nxArguments(job);
      const template = job.arch ? `.image-tooling-${job.arch}` : '.image-tooling';
      const script = [`npx nx run-many -t ${targets} -p ${projects} --outputStyle=stream`];
      return [nameIn(plan, stage, job, at), { stage, extends: template, script }] as const;
    }),
  );
  return {
    // Without rules, a child of a merge request's pipeline has no jobs (GitLab, "Run child pipelines with merge request
    // pipelines").
    workflow: { rules: [{ when: 'always' }] },
    include: [{ local: include }],
    ...(jobCount(plan) === 0 ? NOTHING : { stages, ...Object.fromEntries(jobs) }),
  };
}

/** GitLab fails a job that starts a pipeline without jobs (GitLab, "Troubleshooting downstream pipelines"). */
const NOTHING: Pipeline = {
  stages: ['images'],
  'nothing to do': {
    stage: 'images',
    extends: '.image-tooling',
    before_script: [],
    script: ['echo "No image is affected."'],
  },
};
