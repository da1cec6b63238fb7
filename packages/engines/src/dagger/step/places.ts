import { join } from 'node:path';

/** The folders of the adapter, all below one folder of the store. */
export interface Places {
  /** Findings about layers, by diff id; and rewritten layers. */
  readonly layers: string;
  /** One folder for each step that runs. */
  readonly steps: string;
  readonly locks: string;
}

export function placesIn(storeRoot: string): Places {
  const root = join(storeRoot, 'engine', 'dagger');
  return { layers: join(root, 'layers'), steps: join(root, 'steps'), locks: join(root, 'locks') };
}

/** The folder of the runner in the container. No package uses this name. */
export const STEP_FOLDER = '.step';
