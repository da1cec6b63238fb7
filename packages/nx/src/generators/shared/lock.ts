import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runInForeground } from '@image-tooling/host/process';
import { logger, type GeneratorCallback, type Tree } from '@nx/devkit';

/**
 * Logs `first`, locks the new definitions one after the other, and logs what to run next (`say`). Fails if a
 * lock fails.
 */
export function lockThenSay(
  tree: Tree,
  names: readonly string[],
  { lock, first, say }: { readonly lock: boolean; readonly first?: string; readonly say: string },
): GeneratorCallback {
  return async () => {
    if (first !== undefined) logger.info(first);
    for (const name of lock ? names : []) await lockOne(tree.root, name);
    logger.info(say);
  };
}

/** The exit code of image-tooling if it was stopped. */
const STOPPED = 130;

async function lockOne(root: string, name: string): Promise<void> {
  const program = join(root, 'node_modules/.bin/image-tooling');
  if (!existsSync(program))
    throw new Error(
      `"${name}" is written, but not locked: there is no image-tooling in node_modules. Install the packages, then run "npx nx run ${name}:lock".`,
    );
  const ended = await runInForeground({ argv: [program, 'lock', name], cwd: root });
  if (!ended.ok) throw new Error(ended.failures[0].message);
  const { exitCode } = ended.value;
  if (exitCode === 0) return;
  const why = exitCode === STOPPED ? 'It was stopped: to go on,' : 'Fix the error above, then';
  throw new Error(`"${name}" is written, but not locked. ${why} run "npx nx run ${name}:lock".`);
}
