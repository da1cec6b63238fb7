import type { Json } from '../canonical';
import type { Digest } from '../digest';
import type { Compression, LayerKind, OriginLayer } from '../layer';
import type { Platform } from '../platform';
import { fail, ok, type Result } from '../result';
import { baseDigest, baseLabels, baseLayers, type PlannedBase } from './base';
import { CONSTANT_TIME, FORMATS } from './formats';
import { helpText } from './help';
import { inheritedConfig, type ConfigDefinition } from './inherit';
import type { Contents, InheritedConfig, LayerFile, LayersFile } from './layers-file';
import { isSystem, layerBuildId, packageInputs, packagesDigest, type PackageIdentity } from './system';

/** A user that the system chain makes. */
export interface PlannedUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  /** Octal, as in the definition: '1777'. */
  readonly homeMode: string;
  readonly shell: string;
}

export interface ImagePlanInput {
  readonly name: string;
  readonly platform: Platform;
  readonly compression: Compression;
  readonly description: string;
  readonly examples: readonly string[];
  readonly config: ConfigDefinition;
  readonly labels: Readonly<Record<string, string>>;
  /** Names from the definition's `packages`. */
  readonly packages: readonly string[];
  /** Patterns of files of its packages that are not installed. */
  readonly omit?: readonly string[];
  readonly users: readonly PlannedUser[];
  readonly lock: {
    readonly time: number;
    readonly on?: string;
    readonly base?: PlannedBase;
    readonly bootstrap?: readonly PackageIdentity[];
    readonly packages: readonly PackageIdentity[];
  };
  /** The file of the lock, relative to the workspace root: where a stale lock is reported. */
  readonly lockFile?: string;
  readonly parent?: LayersFile;
  readonly tools: readonly LayerFile[];
  /**
   * What the files layer is made of (paths, modes, hashes); undefined if the image has no files of its own.
   */
  readonly files?: Json;
}

/** A layer that this image must have, and all of its inputs. */
export interface WantedLayer {
  readonly kind: LayerKind;
  readonly owner: string;
  readonly inputs: Json;
  readonly buildId: Digest;
  readonly time: number;
}

/** What an image of one platform is assembled from, in order: parent or base, system, tools, files, help. */
export interface ImagePlan {
  readonly parent: readonly OriginLayer[];
  /** The registry image that this one is directly based on. */
  readonly base: readonly OriginLayer[];
  readonly system?: WantedLayer;
  readonly tools: readonly OriginLayer[];
  readonly files?: WantedLayer;
  readonly help: WantedLayer;
  readonly helpText: string;
  readonly config: InheritedConfig;
  readonly labels: Readonly<Record<string, string>>;
  readonly contents: Contents;
  readonly packagesDigest: Digest;
}

/**
 * Plans an image from its definition, its lock and its parent. Fails with `lock-stale` if the parent was
 * built from other packages than the lock is for; `checkLocks` compares the locks themselves.
 */
export function planImage(input: ImagePlanInput): Result<ImagePlan> {
  if (input.lock.on !== input.parent?.packagesDigest) return staleLock(input);
  const contents = contentsOf(input);
  const base = input.lock.base ? baseLayers(input.lock.base, input.name) : [];
  const chain = [...(input.parent?.layers ?? []), ...base];
  const system = systemLayer(input, chain);
  const text = helpText({
    image: input.name,
    description: input.description,
    contents,
    examples: input.examples,
  });
  return ok({
    parent: input.parent?.layers ?? [],
    base,
    system,
    tools: [...input.tools].sort(byOwner).map((tool) => tool.layer),
    files:
      input.files === undefined
        ? undefined
        : wanted(input, 'files', { files: input.files, chain: chainIds(chain, system) }, CONSTANT_TIME),
    help: wanted(input, 'help', { text }, CONSTANT_TIME),
    helpText: text,
    config: inheritedConfig(input.parent?.config ?? input.lock.base?.inherited, input.config),
    labels: {
      'org.opencontainers.image.title': input.name,
      'org.opencontainers.image.description': input.description,
      ...(input.lock.base && baseLabels(input.lock.base)),
      ...input.labels,
    },
    contents,
    packagesDigest: chainIdentity(input),
  });
}

function staleLock({ name, lockFile, parent }: ImagePlanInput): Result<never> {
  const built = parent ? `its parent was built with (${parent.packagesDigest})` : 'no parent has';
  return fail({
    code: 'lock-stale',
    message: `The lock of "${name}" is for other packages than ${built}.`,
    hint: `Run "npx nx run ${name}:build", which builds its parent first.`,
    ...(lockFile !== undefined && { place: { file: lockFile } }),
  });
}

/** The input of a bootstrap layer's plan. */
export type BootstrapInput = Pick<ImagePlanInput, 'name' | 'platform' | 'compression' | 'omit' | 'users'> & {
  readonly lock: Pick<ImagePlanInput['lock'], 'time' | 'bootstrap' | 'packages'>;
};

/** Plans the layer of a new Debian system. */
export function bootstrapWanted(input: BootstrapInput): WantedLayer {
  const { lock, users } = input;
  const own = {
    required: packageInputs(lock.bootstrap ?? []),
    packages: packageInputs(lock.packages),
    ...omitInputs(input),
    users: userInputs(users),
    time: lock.time,
  };
  return wanted(input, 'bootstrap', own, lock.time);
}

function systemLayer(input: ImagePlanInput, chain: readonly OriginLayer[]): WantedLayer | undefined {
  const { lock, users } = input;
  if (lock.bootstrap) return bootstrapWanted(input);
  if (lock.packages.length === 0 && users.length === 0) return undefined;
  const packages = packageInputs(lock.packages);
  const below = chainIds(chain);
  const own = { chain: below, packages, ...omitInputs(input), users: userInputs(users), time: lock.time };
  return wanted(input, 'apt', own, lock.time);
}

/** Returns the system chain by build ids; modes of folders in it decide those of files above. */
function chainIds(chain: readonly OriginLayer[], own?: WantedLayer): Json {
  return [...chain.filter(isSystem), ...(own ? [own] : [])].map((layer) => layer.buildId);
}

function wanted(
  input: Pick<ImagePlanInput, 'name' | 'platform' | 'compression'>,
  kind: LayerKind,
  own: Readonly<Record<string, Json>>,
  time: number,
): WantedLayer {
  const system = isSystem({ kind });
  const inputs: Json = {
    kind,
    format: FORMATS[kind],
    compression: input.compression,
    ...(system ? { platform: input.platform } : {}),
    ...own,
  };
  return { kind, owner: input.name, inputs, buildId: layerBuildId(inputs), time };
}

/** Images without `omit` keep the build ids from before it existed. */
function omitInputs({ omit = [] }: Pick<ImagePlanInput, 'omit'>): Readonly<Record<string, Json>> {
  return omit.length > 0 ? { omit: [...omit].sort() } : {};
}

function userInputs(users: readonly PlannedUser[]): Json {
  return users.map((user) => ({ ...user }));
}

function chainIdentity({ lock, parent }: ImagePlanInput): Digest {
  const below = parent?.packagesDigest ?? (lock.base && baseDigest(lock.base));
  return packagesDigest(below, [...(lock.bootstrap ?? []), ...lock.packages]);
}

function contentsOf({ parent, tools, packages, lock }: ImagePlanInput): Contents {
  const locked = [...(lock.base?.packages ?? []), ...(lock.bootstrap ?? []), ...lock.packages];
  const own = packages.flatMap((name) => {
    const version = locked.find((one) => one.name === name)?.version;
    return version === undefined ? [] : [{ name, version }];
  });
  return {
    tools: [...(parent?.contents.tools ?? []), ...tools.map((tool) => tool.tool)].sort(byName),
    packages: [...(parent?.contents.packages ?? []), ...own].sort(byName),
  };
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

function byOwner(a: LayerFile, b: LayerFile): number {
  return a.layer.owner < b.layer.owner ? -1 : 1;
}
