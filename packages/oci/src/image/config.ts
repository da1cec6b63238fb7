import type { Json, OriginLayer, Platform } from '@image-tooling/model';
import { archOf } from '@image-tooling/model';
import { originText } from './layer-origin';

/** The start configuration of containers (OCI image-spec 1.1, config.md, "config"). */
export interface ImageConfig {
  readonly env?: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  /** `name`, `uid` or `uid:gid`. */
  readonly user?: string;
  readonly workdir?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** `8080/tcp`. */
  readonly exposedPorts?: readonly string[];
}

export interface ConfigInput {
  readonly platform: Platform;
  readonly layers: readonly OriginLayer[];
  readonly config: ImageConfig;
  /** They replace the config's own labels. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Seconds since the epoch; default: the newest layer's. */
  readonly created?: number;
}

/** Builds the OCI image configuration, which does not depend on the time or machine of the build. */
export function imageConfigJson(input: ConfigInput): Json {
  return {
    architecture: archOf(input.platform),
    os: 'linux',
    created: timestamp(input.created ?? createdOf(input.layers)),
    config: runtimeConfig(input.config, input.labels ?? {}),
    rootfs: { type: 'layers', diff_ids: input.layers.map(({ diffId }) => diffId) },
    history: input.layers.map(historyRow),
  };
}

/** Returns the creation time of an image: that of its newest layer, in seconds since the epoch. */
export function createdOf(layers: readonly Pick<OriginLayer, 'time'>[]): number {
  return Math.max(0, ...layers.map(({ time }) => time));
}

function runtimeConfig(config: ImageConfig, labels: Readonly<Record<string, string>>): Json {
  const allLabels = { ...config.labels, ...labels };
  return {
    Env: unlessEmpty(
      Object.entries(config.env ?? {})
        .map(([name, value]) => `${name}=${value}`)
        .sort(),
    ),
    Entrypoint: unlessEmpty(config.entrypoint),
    Cmd: unlessEmpty(config.cmd),
    User: config.user,
    WorkingDir: config.workdir,
    Labels: Object.keys(allLabels).length > 0 ? allLabels : undefined,
    ExposedPorts: config.exposedPorts?.length
      ? Object.fromEntries(config.exposedPorts.map((port) => [port, {}]))
      : undefined,
  };
}

function unlessEmpty(list: readonly string[] | undefined): readonly string[] | undefined {
  return list && list.length > 0 ? list : undefined;
}

function historyRow(layer: OriginLayer): Json {
  return { created: timestamp(layer.time), created_by: originText(layer) };
}

/** Returns a time as RFC 3339 in UTC, in whole seconds. */
function timestamp(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
