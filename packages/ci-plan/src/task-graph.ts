import * as z from 'zod';
import { ARCHES, fail, ok, type Arch, type Result } from '@image-tooling/model';
import type { Task, Tasks } from './task';
import type { TaskTimes } from './times';

/** What `nx affected -t … --graph=stdout` prints (Nx 23), as far as it is read. */
const graphFile = z.object({
  graph: z.object({
    nodes: z.record(z.string(), z.object({ data: z.object({ tags: z.array(z.string()).optional() }) })),
  }),
  tasks: z.object({
    tasks: z.record(z.string(), z.object({ target: z.object({ project: z.string(), target: z.string() }) })),
    dependencies: z.record(z.string(), z.array(z.string())),
  }),
});

type GraphFile = z.infer<typeof graphFile>;

/** Returns the tasks of images and tools. Fails with `command-failed` if `text` is not a graph of Nx. */
export function readTaskGraph(text: string, times: TaskTimes): Result<Tasks> {
  const parsed = graphFile.safeParse(jsonIn(text));
  if (!parsed.success)
    return fail({
      code: 'command-failed',
      message: 'Nx printed no task graph.',
      hint: 'Run the same command without --graph to see its error.',
      details: [text.trim().slice(0, 500)],
    });
  const { graph, tasks } = parsed.data;
  const ids = Object.keys(tasks.tasks).sort();
  return ok(new Map(ids.flatMap((id) => entryOf({ graph, tasks }, id, times))));
}

function entryOf({ graph, tasks }: GraphFile, id: string, times: TaskTimes): [string, Task][] {
  const target = tasks.tasks[id]?.target;
  const tags = target && graph.nodes[target.project]?.data.tags;
  const isTool = tags?.includes('type:tool') ?? false;
  if (!target || (!isTool && !tags?.includes('type:image'))) return [];
  const arch = archIn(target.target);
  const kind = target.target === 'publish' ? 'publish' : isTool ? 'tool' : 'image';
  const needs = [...(tasks.dependencies[id] ?? [])].sort();
  return [[id, { id, ...target, kind, arch, needs, seconds: times.secondsOf(id, kind, target.target) }]];
}

function archIn(target: string): Arch | undefined {
  return ARCHES.find((arch) => target.endsWith(`-${arch}`));
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
