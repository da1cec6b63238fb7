import type { Progress } from '@image-tooling/model';

/**
 * Returns whether Nx captures what a task prints and shows it in a frame, with a prefix, or replays it: a
 * line that is drawn again would be shown hundreds of times (nrwl/nx#36322). Nx streams where its terminal UI
 * or `--outputStyle=stream` is on, and prints the recorded output of a cached task at each hit. Else `nx run`
 * passes its terminal on.
 *
 * @param isCached whether Nx caches the command
 */
export function isKeptByNx(env: NodeJS.ProcessEnv, isCached: boolean): boolean {
  if (env['NX_TASK_HASH'] === undefined) return false;
  return isCached || env['NX_STREAM_OUTPUT'] === 'true';
}

/**
 * Removes the task's project from the names of its steps: Nx shows it in a prefix, as a heading, or in its
 * terminal UI. With `--outputStyle=stream-without-prefixes` it does not, but does not pass that on: it removes
 * NX_PREFIX_OUTPUT from the environment of tasks (`executors/run-commands/running-tasks.js` of Nx 23.2).
 */
export function withoutProject(progress: Progress, env: NodeJS.ProcessEnv): Progress {
  const project = env['NX_TASK_TARGET_PROJECT'];
  if (project === undefined) return progress;
  const prefix = `${project}: `;
  const short = (text: string): string => (text.startsWith(prefix) ? text.slice(prefix.length) : text);
  return {
    note: (line) => progress.note(short(line)),
    step: (name) => progress.step(short(name)),
  };
}
