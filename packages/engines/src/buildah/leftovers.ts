import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isOrphan, run } from '@image-tooling/host';
import type { HostEnv } from './configuration';
import type { Places } from './places';
import { enterUsers } from './sandbox';

export interface CleanWork {
  readonly places: Places;
  readonly env: HostEnv;
  readonly isRoot: boolean;
}

/** Removes a step's container and folder. There are no mounts to undo: they ended with the sandbox. */
const REMOVE_STEPS = `
steps=$1; storage=$2; run=$3; shift 3
for name; do
  buildah --root "$storage" --runroot "$run" --storage-driver vfs rm "$name" > /dev/null 2>&1
  rm -rf -- "$steps/$name"
done
`;
const REMOVE_TIMEOUT_SECONDS = 300;

/**
 * Removes the leftovers of the given steps. Removes a step's folder last, so that an interrupted removal is
 * repeated.
 */
export async function removeSteps(names: readonly string[], work: CleanWork): Promise<void> {
  const { steps, storage, run: runRoot } = work.places;
  if (names.length > 0)
    await inUsers(['sh', '-c', REMOVE_STEPS, 'sh', steps, storage, runRoot, ...names], work);
}

/** Removes the leftovers of killed processes: steps, and partly unpacked layers. */
export async function removeOrphans(work: CleanWork): Promise<void> {
  const steps = await readdir(work.places.steps).catch(() => []);
  await removeSteps(steps.filter(isOrphan), work);
  const layers = await readdir(work.places.layers).catch(() => []);
  const unfinished = layers.filter((name) => name.startsWith('new-') && isOrphan(name.slice('new-'.length)));
  if (unfinished.length === 0) return;
  const folders = unfinished.map((name) => join(work.places.layers, name));
  await inUsers(['rm', '-rf', '--', ...folders], work);
}

async function inUsers(argv: [string, ...string[]], work: CleanWork): Promise<void> {
  const whole = [...enterUsers(work), ...argv] as [string, ...string[]];
  await run({ argv: whole, env: work.env, timeoutSeconds: REMOVE_TIMEOUT_SECONDS });
}
