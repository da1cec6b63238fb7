import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { callReal, folderOf } from '../behaviour';
import { packedToolbox } from '../packed-toolbox';
import type { RealEngine } from '../real-engines';
import type { Ran } from '../rig';

/** What a call has in addition to its engine's environment, and where it is made. */
export interface CallPlace {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly input?: string;
}

/** A call through an image, with the words after `toolbox`. */
export type Caller = (words: readonly string[], place?: CallPlace) => Ran;

/** Returns how the user of an engine calls an image by `toolbox`. */
export function toolboxOf(engine: RealEngine, image: string): Caller {
  return (words, { env, ...place } = {}) =>
    callReal(engine, words, { ...place, env: { ...env, TOOLBOX_IMAGE: image } });
}

/** Lets the packed toolbox write an alias as the user of an engine; returns how it is called. */
export async function aliasOf(engine: RealEngine, image: string, command: string): Promise<Caller> {
  const toolbox = await packedToolbox(join(engine.home, `toolbox-${command}`), '1.2.3');
  const run = (argv: readonly string[], env: Record<string, string>, place: CallPlace = {}): Ran => {
    const [file, ...args] = engine.as(argv);
    const { status, stdout, stderr } = spawnSync(file, args, {
      cwd: place.cwd ?? folderOf(engine, 'project'),
      env: { ...engine.env, ...env, ...place.env },
      input: place.input ?? '',
      encoding: 'utf8',
      timeout: 120_000,
    });
    return { exitCode: status ?? -1, stdout, stderr };
  };
  const folder = folderOf(engine, 'aliases');
  outputOf(run([...toolbox, 'alias', '--dir', folder, command], { TOOLBOX_IMAGE: image }));
  // The image is in the alias.
  return (words, place) => run([join(folder, command), ...words], { TOOLBOX_IMAGE: '' }, place);
}

/** Returns the output of a call. Throws with all that a failed one said. */
export function outputOf(ran: Ran): string {
  if (ran.exitCode !== 0) throw new Error(`exit code ${ran.exitCode}:\n${ran.stdout}\n${ran.stderr}`);
  return ran.stdout;
}

/** What shows whether a file was written or replaced. */
export async function stateOf(path: string): Promise<object> {
  const { ino, mtimeMs, ctimeMs, mode, uid } = statSync(path);
  return { text: await readFile(path, 'utf8'), ino, mtimeMs, ctimeMs, mode, uid };
}
