import { mapConcurrent } from '@image-tooling/host';
import { hexOf, type Digest } from '@image-tooling/model';
import { takeInventory, type Inventory, type StoredImage } from './inventory';
import type { StoreRun } from './run';
import { knownWorkspaces, noteUnread, unreadIn, type KnownWorkspace } from './workspaces';

/** An image of the store, and the workspaces whose outputs name it. */
export interface ListedImage extends StoredImage {
  readonly workspaces: readonly string[];
}

/** A tool's layer of the store. */
export interface ListedTool {
  readonly name: string;
  readonly buildId: Digest;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly usedMs: number;
  readonly workspaces: readonly string[];
}

export interface ListedStore {
  readonly root: string;
  /** Sorted by name and platform, last used first. */
  readonly images: readonly ListedImage[];
  readonly tools: readonly ListedTool[];
  /** All workspaces that ever used the store and still exist. */
  readonly workspaces: readonly string[];
}

/** Returns the images and tools of a store. */
export async function listStore(run: StoreRun): Promise<ListedStore> {
  const workspaces = await knownWorkspaces(run, 0);
  noteUnread(run, unreadIn(workspaces));
  const inventory = await takeInventory(run.store);
  const images = inventory.images.map((image) => ({
    ...image,
    workspaces: namedBy(workspaces, image.digest),
  }));
  const tools = await toolsIn(run, inventory, workspaces);
  return {
    root: run.store.root,
    images: images.sort(inOrder(({ name, platform }) => `${name} ${platform}`)),
    tools: tools.sort(inOrder(({ name }) => name)),
    workspaces: workspaces.map(({ root }) => root),
  };
}

async function toolsIn(
  { store }: StoreRun,
  { builds }: Inventory,
  workspaces: readonly KnownWorkspace[],
): Promise<ListedTool[]> {
  const found = await mapConcurrent(builds, async ({ buildId, layer, usedMs }): Promise<ListedTool[]> => {
    const inputs = (await store.getInputs(buildId)) as { kind?: unknown; name?: unknown } | undefined;
    if (!layer || inputs?.kind !== 'tool' || typeof inputs.name !== 'string') return [];
    const { digest, size } = layer;
    return [{ name: inputs.name, buildId, digest, size, usedMs, workspaces: namedBy(workspaces, buildId) }];
  });
  return found.flat();
}

function namedBy(workspaces: readonly KnownWorkspace[], digest: Digest): string[] {
  return workspaces.filter(({ names }) => names.has(hexOf(digest))).map(({ root }) => root);
}

function inOrder<T extends { readonly usedMs: number }>(key: (one: T) => string) {
  return (a: T, b: T): number => {
    const [first, second] = [key(a), key(b)];
    return first === second ? b.usedMs - a.usedMs : first < second ? -1 : 1;
  };
}
