import { displayPath, lookUp, type PathIndex } from '@image-tooling/layer';
import type { Digest, LayerKind } from '@image-tooling/model';
import type { Finding } from '../finding';
import type { Bringer } from '../origin';
import type { ConfigSecret, FileSecret, LayerSecrets, SecretHit } from './hit';
import { isReported } from './reported';
import { ruleOf } from './rules';

/** A layer of an image, and what was found in it. */
export interface SearchedLayer {
  readonly digest: Digest;
  readonly kind: LayerKind;
  readonly paths: PathIndex;
  readonly secrets: LayerSecrets;
}

/** The secrets of one image. */
export interface ImageSecrets {
  /** Bottom first. */
  readonly layers: readonly SearchedLayer[];
  readonly config: readonly OwnedConfigSecret[];
}

/** A secret of the config, and the image whose definition sets it. */
export interface OwnedConfigSecret extends ConfigSecret {
  readonly owner: string;
}

/**
 * Returns the findings of secrets in layers and config. Equal ones of a file are one finding. A secret with a
 * fingerprint has "<rule>:<fingerprint>" as another id, so that an ignore can be for this secret alone.
 */
export function secretFindings(
  { layers, config }: ImageSecrets,
  bringerOf: (layer: Digest | undefined, owner?: string) => Bringer,
): Finding[] {
  const inLayers = layers.flatMap((layer, at) => {
    const above = layers.slice(at + 1).map(({ paths }) => paths);
    const hits = layer.secrets.hits.filter((hit) => isReported(hit, layer.kind));
    return distinct(hits).map((hit): Finding => {
      const isHidden = above.length > 0 && isRemoved(hit.path, above, layer.paths);
      return {
        ...common(hit, bringerOf(layer.digest)),
        title: fileTitle(hit, isHidden),
        place: `/${displayPath(hit.path)}`,
        layer: layer.digest,
        advice: `${ADVICE[layer.kind]} ${REVOKE}`,
      };
    });
  });
  const inConfig = config.map((hit): Finding => ({
    ...common(hit, bringerOf(undefined, hit.owner)),
    title: `${titleOf(hit)} is in the image's config: ${hit.excerpt}`,
    place: hit.setting,
    advice: `Remove it from image.json; give it to the container when it starts. ${REVOKE}`,
  }));
  return [...inLayers, ...inConfig];
}

const REVOKE = 'Then revoke or replace it: everyone who pulled the image has it.';

const ADVICE: Readonly<Record<LayerKind, string>> = {
  base: 'Use a base image without it.',
  bootstrap: 'Leave out the package that makes it, or the file with "omit".',
  apt: 'Leave out the package that makes it, or the file with "omit".',
  tool: 'Leave the file out of the tool, or choose a version without it.',
  files: 'Remove it from rootfs/; give it to the container when it starts.',
  help: 'Remove it from the texts of the help page.',
};

function common(hit: SecretHit, bringer: Bringer): Omit<Finding, 'title'> {
  const { rule, fingerprint } = hit;
  return {
    kind: 'secret',
    id: rule,
    aliases: fingerprint === undefined ? [] : [`${rule}:${fingerprint}`],
    severity: ruleOf(rule)?.severity ?? 'critical',
    ...bringer,
  };
}

function titleOf({ rule }: SecretHit): string {
  const { title } = ruleOf(rule) ?? { title: 'a secret' };
  return `${title.charAt(0).toUpperCase()}${title.slice(1)}`;
}

function fileTitle(hit: FileSecret, isHidden: boolean): string {
  const at = hit.line === undefined ? `byte ${hit.offset}` : `line ${hit.line}`;
  const still = isHidden
    ? ' It is still in the layer, though a later layer removes or replaces the file.'
    : '';
  return `${titleOf(hit)} is in /${displayPath(hit.path)}, ${at}: ${hit.excerpt}.${still}`;
}

/** Returns whether layers above hide a path, or have their own. */
function isRemoved(path: string, above: readonly PathIndex[], own: PathIndex): boolean {
  return lookUp([own, ...above], path) !== own.get(path);
}

/** Returns one hit for each secret of a file; those without a fingerprint count as one. */
function distinct(hits: readonly FileSecret[]): FileSecret[] {
  const byKey = new Map<string, FileSecret>();
  for (const hit of hits) {
    const key = [hit.path, hit.rule, hit.fingerprint ?? ''].join('\0');
    if (!byKey.has(key)) byKey.set(key, hit);
  }
  return [...byKey.values()];
}
