import * as z from 'zod';
import type { SourceKind } from '../definitions/source-choice';
import { byteCount, digest, epochSeconds, platform } from '../definitions/fields';
import type { Digest } from '../digest';
import { COMPRESSIONS, LAYER_KINDS, type OriginLayer } from '../layer';
import type { Platform } from '../platform';

/** The part of the parent's config that a child inherits (OCI image specification, config, "config"). */
export interface InheritedConfig {
  readonly env: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly user?: string;
  readonly workdir?: string;
}

export interface ToolEntry {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** The source of its bytes, for help, labels and the SBOM. */
  readonly source: SourceKind;
  /** SPDX expression of its definition, for the SBOM. */
  readonly licence?: string;
  readonly homepage?: string;
  /** Its name and version where it comes from, as locked: a Go module, an npm package, a Debian package. */
  readonly package?: PackageEntry;
}

export interface PackageEntry {
  readonly name: string;
  readonly version: string;
}

/** What is in an image, for toolbox-help: tools, and the packages that its definitions name. */
export interface Contents {
  readonly tools: readonly ToolEntry[];
  readonly packages: readonly PackageEntry[];
}

/**
 * layers.json: all that a child reads of its parent. Labels, description and the help layer are left out, so
 * that changing them rebuilds no child.
 */
export interface LayersFile {
  readonly layersVersion: 1;
  readonly platform: Platform;
  /** Bottom first, without the help layer. */
  readonly layers: readonly OriginLayer[];
  readonly config: InheritedConfig;
  readonly contents: Contents;
  /** Identity of all packages of the system chain, which a child's lock names. */
  readonly packagesDigest: Digest;
}

/** layer.json: a tool's layer, as its image reads it. */
export interface LayerFile {
  readonly layerVersion: 1;
  readonly platform: Platform;
  readonly layer: OriginLayer;
  readonly tool: ToolEntry;
}

/** digest.json: nothing but digests. */
export interface DigestFile {
  readonly manifest: Digest;
  readonly config: Digest;
  /** Digest of the help layer's blob. */
  readonly help: Digest;
}

const originLayer = z.object({
  diffId: digest,
  digest,
  size: byteCount,
  tarSize: byteCount,
  compression: z.enum(COMPRESSIONS),
  kind: z.enum(LAYER_KINDS),
  owner: z.string().min(1),
  buildId: digest,
  time: epochSeconds,
});

const SOURCE_KINDS: Readonly<Record<SourceKind, SourceKind>> = {
  go: 'go',
  release: 'release',
  npm: 'npm',
  deb: 'deb',
  workspace: 'workspace',
};

const packageEntry = z.object({ name: z.string(), version: z.string() });

const toolEntry = z.object({
  name: z.string().min(1),
  version: z.string(),
  description: z.string(),
  source: z.enum(SOURCE_KINDS),
  licence: z.string().optional(),
  homepage: z.string().optional(),
  package: packageEntry.optional(),
});

const inheritedConfig = z.object({
  env: z.record(z.string(), z.string()),
  entrypoint: z.array(z.string()),
  cmd: z.array(z.string()),
  user: z.string().optional(),
  workdir: z.string().optional(),
});

/** The schema of layers.json. */
export const layersFileSchema: z.ZodType<LayersFile> = z.object({
  layersVersion: z.literal(1),
  platform,
  layers: z.array(originLayer),
  config: inheritedConfig,
  contents: z.object({
    tools: z.array(toolEntry),
    packages: z.array(packageEntry),
  }),
  packagesDigest: digest,
});

/** The schema of layer.json. */
export const layerFileSchema: z.ZodType<LayerFile> = z.object({
  layerVersion: z.literal(1),
  platform,
  layer: originLayer,
  tool: toolEntry,
});

/** The schema of digest.json. */
export const digestFileSchema: z.ZodType<DigestFile> = z.object({
  manifest: digest,
  config: digest,
  help: digest,
});

/** All that an image of one platform is assembled from: with its layers, its digest follows from it. */
export interface ImageRecipe {
  readonly platform: Platform;
  /** Bottom first, the help layer last. */
  readonly layers: readonly OriginLayer[];
  readonly config: InheritedConfig & { readonly exposedPorts?: readonly string[] | undefined };
  readonly labels: Readonly<Record<string, string>>;
}

/** The schema of an image's recipe. */
export const imageRecipeSchema: z.ZodType<ImageRecipe> = z.object({
  platform,
  layers: z.array(originLayer),
  config: inheritedConfig.extend({ exposedPorts: z.array(z.string()).optional() }),
  labels: z.record(z.string(), z.string()),
});
