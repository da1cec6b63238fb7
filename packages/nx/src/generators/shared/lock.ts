import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { logger, type GeneratorCallback, type Tree } from '@nx/devkit';

/** Says what is to be said first, locks what was written, one after the other, and says what to run next. Fails where a lock does. */
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

/** The exit code of an image-tooling that was stopped. */
const STOPPED = 130;

async function lockOne(root: string, name: string): Promise<void> {
  const program = join(root, 'node_modules/.bin/image-tooling');
  if (!existsSync(program))
    throw new Error(
      `"${name}" is written, but not locked: there is no image-tooling in node_modules. Install the packages, then run "npx nx run ${name}:lock".`,
    );
  const exitCode = await new Promise<number | null>((done, failed) => {
    spawn(program, ['lock', name], { cwd: root, stdio: 'inherit' }).on('error', failed).on('close', done);
  });
  if (exitCode === 0) return;
  const why = exitCode === STOPPED ? 'It was stopped: to go on,' : 'Fix the error above, then';
  throw new Error(`"${name}" is written, but not locked. ${why} run "npx nx run ${name}:lock".`);
}
