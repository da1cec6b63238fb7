import { join } from 'node:path';

/** The folders of the adapter: all below one folder of the store, never among the user's own containers. */
export interface Places {
  readonly root: string;
  /** buildah's storage: empty containers only. */
  readonly storage: string;
  readonly run: string;
  /** Layers, unpacked: one folder by diff id. */
  readonly layers: string;
  /** One folder for each step that runs. */
  readonly steps: string;
  readonly locks: string;
  /** Home and temporary folder of buildah itself, so that it leaves no files in the user's. */
  readonly home: string;
  readonly storageConf: string;
  readonly containersConf: string;
}

export function placesIn(storeRoot: string): Places {
  const root = join(storeRoot, 'engine', 'buildah');
  return {
    root,
    storage: join(root, 'storage'),
    run: join(root, 'run'),
    layers: join(root, 'layers'),
    steps: join(root, 'steps'),
    locks: join(root, 'locks'),
    home: join(root, 'home'),
    storageConf: join(root, 'storage.conf'),
    containersConf: join(root, 'containers.conf'),
  };
}
