import { join } from 'node:path';

/**
 * Returns the environment in which a Node process kills itself before or after it changes a file below a folder: at the
 * given one of those moments, from 1. Later moments than there are kill nothing.
 */
export function killedAt(moment: number, folder: string): NodeJS.ProcessEnv {
  const hook = join(__dirname, 'kill-at-step.cjs');
  return { NODE_OPTIONS: `--require ${hook}`, KILL_AT: String(moment), KILL_BELOW: folder };
}
