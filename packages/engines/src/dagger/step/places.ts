import { join } from 'node:path';

/** Where the adapter keeps its things, all below one folder of the store. */
export interface Places {
  /** What a layer was found to hold, by diff id; and rewritten layers. */
  readonly layers: string;
  /** One folder for each step that runs. */
  readonly steps: string;
  readonly locks: string;
}

export function placesIn(storeRoot: string): Places {
  const root = join(storeRoot, 'engine', 'dagger');
  return { layers: join(root, 'layers'), steps: join(root, 'steps'), locks: join(root, 'locks') };
}

/** Where a step's own things stand in the container. A name that no package uses. */
export const STEP_FOLDER = '.step';
