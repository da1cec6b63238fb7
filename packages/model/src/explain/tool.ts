import type { SourceKind, ToolLock } from '../definitions';
import type { Platform } from '../platform';
import { EXPLAIN_VERSION, type RecordedLayer, type ToolExplanation, type WorkspaceImage } from './types';

export interface ToolInput {
  readonly name: string;
  readonly description: string;
  readonly platform: Platform;
  /** The last build. */
  readonly version: string;
  readonly source: SourceKind;
  readonly layer: RecordedLayer;
  /** The current definition. */
  readonly lock?: ToolLock;
  /** All images of the workspace, and the names of the ancestors of each. */
  readonly images: readonly (WorkspaceImage & { readonly below: readonly string[] })[];
}

/** Explains a tool as it was built last: its layer, what is locked of its source, the images that have it. */
export function explainTool(input: ToolInput): ToolExplanation {
  const { name, description, platform, version, source, layer, lock, images } = input;
  const listing = new Set(images.filter(({ tools }) => tools.includes(name)).map((image) => image.name));
  const having = images.filter((image) => [image.name, ...image.below].some((one) => listing.has(one)));
  return {
    explainVersion: EXPLAIN_VERSION,
    explains: 'tool',
    name,
    description,
    platform,
    version,
    source: {
      kind: source,
      ...(lock && { lockedVersion: lock.version }),
      locked: lock ? lockedSource(lock, source, platform) : {},
    },
    layer,
    images: having.map((image) => ({ name: image.name, hasLayer: image.digests.includes(layer.digest) })),
  };
}

/** Returns a lock's part for a kind of source, for one platform if it differs by platform. */
function lockedSource(lock: ToolLock, kind: SourceKind, platform: Platform): Record<string, string> {
  const part = (lock as Readonly<Record<string, unknown>>)[kind];
  const own = isRecord(part) && isRecord(part[platform]) ? part[platform] : part;
  return isRecord(own) ? Object.fromEntries(Object.entries(own).flatMap(leaf)) : {};
}

function leaf([key, value]: [string, unknown]): [string, string][] {
  if (key === 'time' && typeof value === 'number') return [[key, new Date(value * 1000).toISOString()]];
  if (typeof value === 'string' || typeof value === 'number') return [[key, String(value)]];
  return value === undefined ? [] : [[key, JSON.stringify(value)]];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
