import { ok, type Layer, type Result } from '@image-tooling/model';
import { byBytes, displayPath, ContentReader, type TarEntry } from '@image-tooling/layer';
import type { Store } from '../store/store';
import { firstDifferentByte, shownContents } from './content-lines';
import { withLayerTar } from './layer-tar';

/** A layer and its store. */
export interface StoredLayer {
  readonly layer: Pick<Layer, 'digest' | 'diffId' | 'compression'>;
  readonly store: Store;
}

/** The first difference of two layers. */
export interface LayerDifference {
  /** Absolute, for messages. Undefined if all entries are equal: then the order or the headers of the tars differ. */
  readonly path?: string;
  /** Both sides, ready to print. */
  readonly lines: readonly string[];
}

/**
 * Returns the first path, byte by byte, at which two layers differ, and both sides of it: kind, mode, owner, time,
 * link, or a diff of a text, or the bytes around the first difference. Undefined if their tars are equal. Fails with
 * `store-corrupt`, `tar-format`, `disk-full` or `io`.
 */
export async function layerDifference(
  before: StoredLayer,
  after: StoredLayer,
): Promise<Result<LayerDifference | undefined>> {
  if (before.layer.diffId === after.layer.diffId) return ok(undefined);
  const found = await withLayerTar(before.layer, before.store, (old) =>
    withLayerTar(after.layer, after.store, (now) => firstOf(old.entries, now.entries)),
  );
  return found.ok ? found.value : found;
}

async function firstOf(before: readonly TarEntry[], after: readonly TarEntry[]): Promise<LayerDifference> {
  const old = byPath(before);
  const now = byPath(after);
  const readers = [new ContentReader(), new ContentReader()] as const;
  try {
    for (const path of [...new Set([...old.keys(), ...now.keys()])].sort(byBytes)) {
      const lines = await difference(old.get(path), now.get(path), readers);
      if (lines) return { path: `/${displayPath(path)}`, lines };
    }
    return { lines: ['the same files; the order or the headers of the tars differ'] };
  } finally {
    for (const reader of readers) reader.close();
  }
}

function byPath(entries: readonly TarEntry[]): ReadonlyMap<string, TarEntry> {
  return new Map(entries.map((entry) => [entry.path, entry]));
}

async function difference(
  before: TarEntry | undefined,
  after: TarEntry | undefined,
  readers: readonly [ContentReader, ContentReader],
): Promise<readonly string[] | undefined> {
  const [old, now] = [shown(before), shown(after)];
  const attributes = old === now ? [] : [`first:  ${old}`, `second: ${now}`];
  if (before?.type !== 'file' || after?.type !== 'file')
    return attributes.length > 0 ? attributes : undefined;
  const at = await firstDifferentByte(before, after, readers);
  if (at === undefined) return attributes.length > 0 ? attributes : undefined;
  return [...attributes, ...shownContents(before, after, at, readers)];
}

/** Everything except the content. */
function shown(entry: TarEntry | undefined): string {
  if (!entry) return 'absent';
  const { type, mode, uid, gid, size, mtime, linkTarget, device, xattrs } = entry;
  const named = type === 'directory' ? 'folder' : type;
  const parts = [
    linkTarget === undefined ? named : `${named} to ${displayPath(linkTarget)}`,
    ...(type === 'file' ? [`${size} bytes`] : []),
    `mode ${mode.toString(8)}`,
    `owner ${uid}:${gid}`,
    `time ${mtime}`,
    ...(device ? [`device ${device.major}:${device.minor}`] : []),
    ...[...(xattrs ?? [])].map(([name, value]) => `${name} ${Buffer.from(value).toString('hex')}`),
  ];
  return parts.join(', ');
}
