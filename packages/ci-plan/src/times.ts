import * as z from 'zod';
import type { Task } from './task';

/** How long tasks take. */
export interface TaskTimes {
  secondsOf(id: string, kind: Task['kind'], target: string): number;
}

/** Nx writes such a run.json into its cache folder after each run (Nx 23). */
const runFile = z.object({
  tasks: z.array(
    z.object({
      taskId: z.string(),
      startTime: z.iso.datetime(),
      endTime: z.iso.datetime(),
      cacheStatus: z.string(),
      status: z.number(),
    }),
  ),
});

/** Seconds of tasks that no earlier run had. Measured on two cores: a Go tool takes minutes, an npm or Debian tool seconds. */
const ASSUMED: Readonly<Record<Task['kind'], number>> = { tool: 180, image: 20, publish: 10 };
const ASSUMED_TEST = 10;

/**
 * Returns the times of earlier runs, from the texts of Nx's run.json files: of each task the median of the runs in
 * which it succeeded and was not restored from a cache. Texts that are not such files are ignored, since times only
 * decide how jobs are divided.
 */
export function readTimes(texts: readonly string[]): TaskTimes {
  const known = new Map<string, number[]>();
  for (const { taskId, startTime, endTime, cacheStatus, status } of texts.flatMap(runTasks)) {
    if (cacheStatus !== 'cache-miss' || status !== 0) continue;
    known.set(taskId, [
      ...(known.get(taskId) ?? []),
      Math.max(0, Date.parse(endTime) - Date.parse(startTime)) / 1000,
    ]);
  }
  return {
    secondsOf: (id, kind, target) =>
      median(known.get(id)) ??
      (kind === 'image' && !target.startsWith('build') ? ASSUMED_TEST : ASSUMED[kind]),
  };
}

function runTasks(text: string): z.infer<typeof runFile>['tasks'] {
  try {
    return runFile.safeParse(JSON.parse(text)).data?.tasks ?? [];
  } catch {
    return [];
  }
}

function median(values: readonly number[] = []): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}
