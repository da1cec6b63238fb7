import { ARCHES, type Arch } from '@image-tooling/model';
import { pack } from './pack';
import { secondsOf, type Task, type Tasks } from './task';
import { ArchTasks, divide, unitOf, type Divided, type Division, type Unit } from './units';

/** What a plan may use. */
export interface PlanLimits {
  /** Seconds from a job's begin to its first task: a runner, the checkout, `./bootstrap`, results of other jobs. */
  readonly startSeconds: number;
  readonly mostJobs: number;
}

/** The stages in their order. A stage begins when all jobs of the one before have ended. */
export const STAGES = ['tools', 'parents', 'images', 'publish'] as const;
export type StageName = (typeof STAGES)[number];

/** Tasks for one runner, one after the other, in this order. */
export interface Job {
  readonly arch: Arch | undefined;
  readonly tasks: readonly Task[];
  readonly seconds: number;
}

export type CiPlan = Readonly<Record<StageName, readonly Job[]>>;

/** Plans that take so much longer than the shortest are as good, if they have fewer jobs. */
const NEAR = 1.03;
/** Parts of an even share that a unit of images may have. Smaller units pack better, but need more parents before. */
const SHARES = [1, 0.5, 0.25];

/**
 * Divides tasks into jobs: tools that take long, then images that others need, then all other images with their tests
 * and scans, then publishing. Tries numbers of jobs for each stage, and returns the shortest plan; of those that take
 * nearly as long, the one with the fewest jobs. Equal input gives equal plans.
 */
export function planJobs(tasks: Tasks, limits: PlanLimits): CiPlan {
  const sorted = [...tasks.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const publishing = publishJobs(sorted, limits);
  const plans = divisions(archTasks(sorted), limits).flatMap((divided) =>
    plansOf(divided, publishing, limits),
  );
  const timed = plans.map((plan) => ({ plan, seconds: makespan(plan, limits), jobs: jobCount(plan) }));
  const shortest = Math.min(...timed.map(({ seconds }) => seconds));
  const near = timed.filter(({ seconds }) => seconds <= shortest * NEAR);
  return near.reduce((best, one) =>
    one.jobs < best.jobs || (one.jobs === best.jobs && one.seconds < best.seconds) ? one : best,
  ).plan;
}

/** Returns one job for each processor, for machines that can't pass results to each other. Publishes nothing. */
export function oneJobEach(tasks: Tasks): CiPlan {
  const images = archTasks([...tasks.values()]).map((own) => {
    const { tools, images } = divide(own, { limit: Infinity, shortTool: Infinity, parentsWait: false });
    return jobOf(own.arch, [...tools, ...images]);
  });
  return { tools: [], parents: [], images, publish: [] };
}

function archTasks(all: readonly Task[]): ArchTasks[] {
  const tasks: Tasks = new Map(all.map((task) => [task.id, task]));
  return ARCHES.filter((arch) => all.some((task) => task.arch === arch)).map(
    (arch) => new ArchTasks(tasks, arch),
  );
}

/** Returns the jobs that publish, for each number of them. */
function publishJobs(sorted: readonly Task[], { mostJobs }: PlanLimits): Job[][] {
  const units = sorted.filter(({ kind }) => kind === 'publish').map((task) => unitOf([task]));
  if (units.length === 0) return [[]];
  const counts = Array.from({ length: Math.min(units.length, mostJobs) }, (_, at) => at + 1);
  return counts.map((count) => pack(units, count).map((bin) => jobOf(undefined, bin)));
}

/** Returns the seconds until the last job ends, if no job waits for a runner. */
export function makespan(plan: CiPlan, { startSeconds }: PlanLimits): number {
  return STAGES.filter((name) => plan[name].length > 0)
    .map((name) => startSeconds + Math.max(...plan[name].map(({ seconds }) => seconds)))
    .reduce((sum, seconds) => sum + seconds, 0);
}

export function jobCount(plan: CiPlan): number {
  return STAGES.reduce((sum, name) => sum + plan[name].length, 0);
}

/** The tasks of each processor, divided, and the number of jobs that their images get. */
interface DividedTasks {
  readonly perArch: ReadonlyMap<Arch, Divided>;
  readonly imageJobs: number;
}

function divisions(arches: readonly ArchTasks[], { startSeconds, mostJobs }: PlanLimits): DividedTasks[] {
  const most = Math.max(1, Math.floor(mostJobs / Math.max(1, arches.length)));
  const counts = Array.from({ length: most }, (_, at) => at + 1);
  return counts.flatMap((imageJobs) =>
    ways(imageJobs, startSeconds).map(({ share, ...way }) => {
      const divided = (own: ArchTasks): Divided =>
        divide(own, { ...way, limit: (own.imageSeconds / imageJobs) * share });
      return { imageJobs, perArch: new Map(arches.map((own) => [own.arch, divided(own)])) };
    }),
  );
}

type Way = Omit<Division, 'limit'> & { readonly share: number };

function ways(imageJobs: number, startSeconds: number): Way[] {
  const shares = imageJobs === 1 ? [Infinity] : SHARES;
  const shortTools = [0, startSeconds, Infinity];
  return shares.flatMap((share) =>
    shortTools.flatMap((shortTool) =>
      (imageJobs === 1 ? [false] : [false, true]).map((parentsWait) => ({ share, shortTool, parentsWait })),
    ),
  );
}

/** Returns a plan for each number of jobs that publish, with the jobs that are left for tools. */
function plansOf(
  { perArch, imageJobs }: DividedTasks,
  publishing: readonly Job[][],
  limits: PlanLimits,
): CiPlan[] {
  const images = jobsOf(perArch, (divided) => pack(divided.images, imageJobs));
  const parents = jobsOf(perArch, (divided) => pack(divided.parents, 1));
  const left = limits.mostJobs - images.length - parents.length;
  const toolArches = [...perArch.values()].filter(({ tools }) => tools.length > 0).length;
  const byCount = new Map<number, Job[]>();
  const toolJobs = (count: number): Job[] => {
    const known = byCount.get(count) ?? jobsOf(perArch, (divided) => packed(divided.tools, count));
    byCount.set(count, known);
    return known;
  };
  return publishing
    .filter(({ length }) => left - length >= toolArches)
    .map((publish) => {
      const count = toolArches === 0 ? 0 : Math.floor((left - publish.length) / toolArches);
      return { tools: toolJobs(count), parents, images, publish };
    });
}

/** Packs into as few bins as give the shortest time. */
function packed(units: readonly Unit[], most: number): Unit[][] {
  const fullest = (bins: Unit[][]): number =>
    Math.max(0, ...bins.map((bin) => bin.reduce((sum, { seconds }) => sum + seconds, 0)));
  const best = pack(units, most);
  const counts = Array.from({ length: best.length }, (_, at) => at + 1);
  const fewest = counts.find((count) => fullest(pack(units, count)) <= fullest(best));
  return fewest === undefined ? best : pack(units, fewest);
}

function jobsOf(perArch: ReadonlyMap<Arch, Divided>, binsOf: (divided: Divided) => Unit[][]): Job[] {
  return [...perArch].flatMap(([arch, divided]) => binsOf(divided).map((units) => jobOf(arch, units)));
}

function jobOf(arch: Arch | undefined, units: readonly Unit[]): Job {
  const tasks = units.flatMap((unit) => unit.tasks);
  return { arch, tasks, seconds: secondsOf(tasks) };
}
