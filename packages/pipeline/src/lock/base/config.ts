import { archOf, fail, isDigest, ok, type Digest, type Platform, type Result } from '@image-tooling/model';
import { otherPlatforms, platformWords } from '@image-tooling/oci';

/**
 * The parts of an image's config that are used (OCI image-spec 1.1, config.md; Docker's own has the same
 * members).
 */
export interface BaseConfig {
  /** Creation time, in seconds since the epoch; 0 if it has none. */
  readonly time: number;
  readonly diffIds: readonly Digest[];
  readonly inherited: {
    readonly env: Record<string, string>;
    readonly entrypoint: string[];
    readonly cmd: string[];
    readonly user?: string;
    readonly workdir?: string;
  };
  /** Non-empty members that are not inherited. */
  readonly leftOut: readonly string[];
}

/** Members of "config" that a definition can't express, or that belong to the other image: its labels. */
const NOT_INHERITED = ['ExposedPorts', 'Volumes', 'Healthcheck', 'StopSignal', 'OnBuild', 'Shell'];

/** Reads the config of an image of a registry. Fails with `base-unusable`. */
export function readBaseConfig(bytes: Uint8Array, manifest: Digest, platform: Platform): Result<BaseConfig> {
  const json = parsed(bytes);
  const { os, architecture, rootfs, created } = json as ConfigJson;
  if (os !== 'linux' || architecture !== archOf(platform))
    return fail(otherPlatforms(manifest, platform, [platformWords(os, architecture)]));
  const diffIds = rootfs?.diff_ids;
  if (!Array.isArray(diffIds) || !diffIds.every((id) => isDigest(id)))
    return fail({
      code: 'base-unusable',
      message: `The config of the image ${manifest} does not list its layers.`,
      hint: 'Use the digest of a container image.',
    });
  const config = record((json as ConfigJson).config);
  return ok({
    time: Math.max(0, Math.floor(Date.parse(text(created)) / 1000) || 0),
    diffIds,
    inherited: inheritedOf(config),
    leftOut: NOT_INHERITED.filter((name) => saysSomething(config[name])),
  });
}

interface ConfigJson {
  readonly os?: unknown;
  readonly architecture?: unknown;
  readonly created?: unknown;
  readonly rootfs?: { readonly diff_ids?: unknown } | null;
  readonly config?: unknown;
}

function inheritedOf(config: Readonly<Record<string, unknown>>): BaseConfig['inherited'] {
  const user = text(config['User']);
  const workdir = text(config['WorkingDir']);
  const env = texts(config['Env']).map((row): [string, string] => {
    const equals = row.indexOf('=');
    return equals < 0 ? [row, ''] : [row.slice(0, equals), row.slice(equals + 1)];
  });
  return {
    env: Object.fromEntries(env),
    entrypoint: texts(config['Entrypoint']),
    cmd: texts(config['Cmd']),
    ...(user !== '' && { user }),
    ...(workdir !== '' && { workdir }),
  };
}

function parsed(bytes: Uint8Array): object {
  try {
    return record(JSON.parse(Buffer.from(bytes).toString()));
  } catch {
    return {};
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

function saysSomething(value: unknown): boolean {
  return typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value);
}
