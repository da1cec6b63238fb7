import type { Arch } from '@image-tooling/model';
import { secondsOf, type Task, type Tasks } from './task';

/** Tasks that run in one job, in an order in which each comes after what it needs. */
export interface Unit {
  readonly tasks: readonly Task[];
  readonly seconds: number;
}

/** The tasks of one processor before publishing, divided into units that may run in different jobs. */
export interface Divided {
  /** A tool each; also images that several others need, with their tools, if they don't wait for this stage. */
  readonly tools: readonly Unit[];
  /** Images that several units of `images` need, and that wait for tools. */
  readonly parents: readonly Unit[];
  readonly images: readonly Unit[];
}

/** The tasks of one processor before publishing. */
export class ArchTasks {
  readonly own: readonly Task[];
  readonly families: Families;
  /** Seconds of all images. */
  readonly imageSeconds: number;

  constructor(
    readonly tasks: Tasks,
    readonly arch: Arch,
  ) {
    this.own = [...tasks.values()].filter((task) => task.arch === arch);
    this.families = new Families(this.own, tasks);
    this.imageSeconds = secondsOf(this.own.filter(({ kind }) => kind === 'image'));
  }
}

/** How to divide. */
export interface Division {
  /** Seconds of the longest unit of images. */
  readonly limit: number;
  /** Seconds up to which a tool that only one unit needs stays in it. */
  readonly shortTool: number;
  /** Whether images that others need wait for a stage of tools; else their tools are compiled in the same job. */
  readonly parentsWait: boolean;
}

/**
 * Divides the tasks of a processor. Images that are based on each other stay in one unit, unless that would take more
 * than the limit: then the image at its root becomes a parent that is built before, and each of its children is a unit,
 * divided again if need be.
 */
export function divide({ tasks, own, families }: ArchTasks, division: Division): Divided {
  const { limit, shortTool, parentsWait } = division;
  const { parents, groups } = families.split(limit);
  const trunk = withNeeds(parents, tasks, () => true);
  const early = new Set(trunk.map(({ id }) => id));
  const users = countUsers(groups);
  const stays = (tool: Task): boolean => tool.seconds <= shortTool && users.get(tool.id) === 1;
  const images = groups.map((group) =>
    unitOf(withNeeds(group, tasks, (task) => !early.has(task.id) && (task.kind !== 'tool' || stays(task)))),
  );
  const placed = new Set(images.flatMap((unit) => unit.tasks));
  if (!parentsWait) trunk.forEach((task) => placed.add(task));
  const tools = own.filter((task) => task.kind === 'tool' && !placed.has(task)).map((tool) => unitOf([tool]));
  if (trunk.length === 0) return { tools, parents: [], images };
  if (!parentsWait) return { tools: [unitOf(trunk), ...tools], parents: [], images };
  return { tools, parents: [unitOf(trunk.filter(({ kind }) => kind !== 'tool'))], images };
}

/** Returns how many groups need each tool. */
function countUsers(groups: readonly (readonly Task[])[]): ReadonlyMap<string, number> {
  const users = new Map<string, number>();
  for (const group of groups)
    for (const id of new Set(group.flatMap(({ needs }) => needs))) users.set(id, (users.get(id) ?? 0) + 1);
  return users;
}

/** Returns tasks as a unit. */
export function unitOf(tasks: readonly Task[]): Unit {
  return { tasks, seconds: secondsOf(tasks) };
}

/** Returns tasks with all that they need and that is `wanted`, each after what it needs. */
function withNeeds(roots: readonly Task[], tasks: Tasks, wanted: (task: Task) => boolean): Task[] {
  const sorted = new Map<string, Task>();
  const visit = (task: Task): void => {
    if (sorted.has(task.id) || !wanted(task)) return;
    for (const id of task.needs) {
      const needed = tasks.get(id);
      if (needed) visit(needed);
    }
    sorted.set(task.id, task);
  };
  roots.forEach(visit);
  return [...sorted.values()];
}

/** Images by what they are based on. */
class Families {
  private readonly children = new Map<string, Task[]>();
  private readonly roots: Task[] = [];
  /** Tests and scans by the build that they need. */
  private readonly checks = new Map<string, Task[]>();
  private readonly weights = new Map<string, number>();

  constructor(own: readonly Task[], tasks: Tasks) {
    for (const task of own.filter(({ kind }) => kind === 'image')) {
      const build = task.needs.map((id) => tasks.get(id)).find((need) => need?.kind === 'image');
      if (!build) this.roots.push(task);
      else if (build.project === task.project) add(this.checks, build.id, task);
      else add(this.children, build.id, task);
    }
  }

  split(limit: number): { parents: Task[]; groups: Task[][] } {
    const parents: Task[] = [];
    const groups: Task[][] = [];
    const place = (build: Task): void => {
      if (this.weight(build) <= limit) {
        groups.push(this.family(build));
        return;
      }
      parents.push(build);
      const checks = this.checks.get(build.id);
      if (checks) groups.push(checks);
      this.children.get(build.id)?.forEach(place);
    };
    this.roots.forEach(place);
    return { parents, groups };
  }

  /** Returns an image, its checks, and all images based on it. */
  private family(build: Task): Task[] {
    const based = this.children.get(build.id) ?? [];
    return [build, ...(this.checks.get(build.id) ?? []), ...based.flatMap((child) => this.family(child))];
  }

  private weight(build: Task): number {
    const known = this.weights.get(build.id);
    if (known !== undefined) return known;
    const checks = secondsOf(this.checks.get(build.id) ?? []);
    const below = (this.children.get(build.id) ?? []).reduce((sum, child) => sum + this.weight(child), 0);
    const weight = build.seconds + checks + below;
    this.weights.set(build.id, weight);
    return weight;
  }
}

function add(map: Map<string, Task[]>, key: string, task: Task): void {
  const tasks = map.get(key);
  if (tasks) tasks.push(task);
  else map.set(key, [task]);
}
