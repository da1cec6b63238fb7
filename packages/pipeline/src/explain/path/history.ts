import { shutsOut, type PathIndex, type PathRecord } from '@image-tooling/layer';

/** What a layer has at a path. */
export type PresentRecord = Extract<PathRecord, { readonly kind: 'dir' | 'other' }>;

/** What one layer does with a path: has it, or hides it in layers below. */
export interface Event {
  /** Number of the layer, from 0, bottom first. */
  readonly at: number;
  readonly record?: PresentRecord;
}

/** Returns what layers (bottom first) do with a path, uppermost first: the first decides what is visible. */
export function historyOf(layers: readonly PathIndex[], path: string): Event[] {
  return layers
    .map((layer, at) => eventOf(layer, at, path))
    .filter((event) => event !== undefined)
    .reverse();
}

function eventOf(layer: PathIndex, at: number, path: string): Event | undefined {
  const record = layer.get(path);
  if (record?.kind === 'dir' || record?.kind === 'other') return { at, record };
  return shutsOut(layer, path) ? { at } : undefined;
}

/** Returns where a path is visible, and what is there, or undefined. */
export function seenAt(layers: readonly PathIndex[], path: string): Required<Event> | undefined {
  const [first] = historyOf(layers, path);
  return first?.record ? { at: first.at, record: first.record } : undefined;
}

/** Returns all visible paths in a folder (a byte string; the empty one is the root). */
export function seenBelow(layers: readonly PathIndex[], folder: string): Map<string, PresentRecord> {
  const prefix = folder === '' ? '' : `${folder}/`;
  const paths = new Set(
    layers.flatMap((layer) => [...layer.keys()].filter((path) => isInside(path, prefix))),
  );
  const seen = [...paths].flatMap((path): [string, PresentRecord][] => {
    const found = seenAt(layers, path);
    return found ? [[path, found.record]] : [];
  });
  return new Map(seen);
}

export function isInside(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && path.length > prefix.length;
}
