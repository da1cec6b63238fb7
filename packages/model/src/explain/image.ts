import type { Digest } from '../digest';
import {
  EXPLAIN_VERSION,
  type BuildRecord,
  type ExplainedLayer,
  type ImageExplanation,
  type LayerTotals,
  type RecordedLayer,
  type WorkspaceImage,
} from './types';

export interface ImageInput {
  readonly record: BuildRecord;
  /** It and all images below it, bottom first. */
  readonly chain: readonly WorkspaceImage[];
  /** What the lowest of them is based on: "Debian trixie". */
  readonly foundation: string;
  /** All images of the workspace. */
  readonly images: readonly WorkspaceImage[];
}

/** Explains the last build of an image: each layer with the image that added it and those that share it. */
export function explainImage({ record, chain, foundation, images }: ImageInput): ImageExplanation {
  const { name, description, platform, manifest, config } = record;
  const layers = record.layers.map((layer, at): ExplainedLayer => {
    const image = broughtBy(layer, name, chain);
    return {
      number: at + 1,
      ...layer,
      ...toolOf(layer, record),
      image,
      own: image === name,
      sharedWith: namesWith(layer.digest, images).filter((other) => other !== name),
    };
  });
  return {
    explainVersion: EXPLAIN_VERSION,
    explains: 'image',
    name,
    description,
    platform,
    basedOn: [
      ...chain
        .map((image) => image.name)
        .reverse()
        .slice(1),
      foundation,
    ],
    manifest,
    config,
    layers,
    totals: {
      inherited: totalsOf(layers.filter(({ own }) => !own)),
      own: totalsOf(layers.filter(({ own }) => own)),
      all: totalsOf(layers),
    },
  };
}

/**
 * Returns the lowest image of the chain that has a tool's layer. If parents were built again since, it is the
 * one that lists the tool.
 */
function broughtBy(
  { kind, owner, digest }: RecordedLayer,
  name: string,
  chain: readonly WorkspaceImage[],
): string {
  if (kind !== 'tool') return owner;
  const holder = chain.find(({ digests }) => digests.includes(digest));
  const lister = chain.find(({ tools }) => tools.includes(owner));
  return (holder?.name === name ? (lister ?? holder) : (holder ?? lister))?.name ?? name;
}

function toolOf({ kind, owner }: RecordedLayer, { contents }: BuildRecord): Pick<ExplainedLayer, 'tool'> {
  const found = kind === 'tool' ? contents.tools.find((tool) => tool.name === owner) : undefined;
  return found ? { tool: { version: found.version, source: found.source } } : {};
}

/** Names of the images that have a layer. */
export function namesWith(digest: Digest, images: readonly WorkspaceImage[]): string[] {
  return images.filter(({ digests }) => digests.includes(digest)).map(({ name }) => name);
}

function totalsOf(layers: readonly ExplainedLayer[]): LayerTotals {
  return {
    layers: layers.length,
    size: layers.reduce((sum, { size = 0 }) => sum + size, 0),
    unpacked: layers.reduce((sum, { tarSize = 0 }) => sum + tarSize, 0),
  };
}
