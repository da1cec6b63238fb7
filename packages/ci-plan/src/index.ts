export { githubMatrices, MOST_MATRIX_JOBS, type MatrixJob } from './hosts/github';
export { gitlabPipeline } from './hosts/gitlab';
export { lowerBound } from './lower-bound';
export {
  jobCount,
  makespan,
  oneJobEach,
  planJobs,
  STAGES,
  type CiPlan,
  type Job,
  type PlanLimits,
  type StageName,
} from './plan';
export { secondsOf, type Task, type Tasks } from './task';
export { readTaskGraph } from './task-graph';
export { readTimes, type TaskTimes } from './times';
