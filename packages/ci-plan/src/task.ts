import type { Arch } from '@image-tooling/model';

/** A task of the graph that CI has to run. */
export interface Task {
  /** As Nx writes it: "kubectl:build-amd64". */
  readonly id: string;
  readonly project: string;
  /** Nx's target: "build-amd64". */
  readonly target: string;
  readonly kind: 'tool' | 'image' | 'publish';
  /** The processor whose runner has to run it; undefined if any can. */
  readonly arch: Arch | undefined;
  /** Ids of the tasks that must end before it. */
  readonly needs: readonly string[];
  readonly seconds: number;
}

/** Tasks by their id. */
export type Tasks = ReadonlyMap<string, Task>;

/** Returns the seconds of all. */
export function secondsOf(tasks: readonly Task[]): number {
  return tasks.reduce((sum, { seconds }) => sum + seconds, 0);
}
