import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  bootstrapWanted,
  buildIdOf,
  CONSTANT_TIME,
  digestOf,
  type ImageLock,
  type LayerFile,
  type LayersFile,
  type Platform,
} from '@image-tooling/model';
import { fileEntry, missingParents } from '@image-tooling/layer';
import { openStore, writeLayer } from '@image-tooling/oci';
import type { WorkspaceRig } from '@image-tooling/testkit';
import { valueOf } from '@image-tooling/testkit/helpers';

export interface PlantedTool {
  readonly name: string;
  /** Of tool.json and its lock. */
  readonly version: string;
  /** What its layer says; default: the same. */
  readonly builtVersion?: string;
  /** The program: a shell script, or its bytes. */
  readonly script: string | Buffer;
  /** Of npm, in its layer: names and versions. */
  readonly npm?: Readonly<Record<string, string>>;
  readonly checks: readonly object[];
}

/**
 * A tool whose layer is in the store already, as after its own build, and holds a shell script: nothing is
 * compiled.
 */
export async function plantTool(rig: WorkspaceRig, tool: PlantedTool, platform: Platform): Promise<void> {
  const { name, version, builtVersion = version, checks } = tool;
  await rig.write(`tools/${name}/tool.json`, { ...DEFINITION, version, checks });
  const go = { module: 'fixture.invalid/tool', version: `v${version}`, time: 0, toolchain: '1.0.0' };
  await rig.write(`tools/${name}/lock.json`, {
    lockVersion: 1,
    version,
    go: { ...go, definition: buildIdOf({ name }) },
  });
  const file: LayerFile = {
    layerVersion: 1,
    platform,
    layer: await plantLayer(rig, tool),
    tool: { name, version: builtVersion, description: DEFINITION.description, source: 'go' },
  };
  await rig.write(`tools/${name}/dist/${platform.replace('/', '-')}/layer.json`, file);
}

const DEFINITION = {
  description: 'A tool for tests',
  homepage: 'https://fixture.invalid',
  license: 'MIT',
  sources: { go: { package: 'fixture.invalid/tool' } },
};

/**
 * Puts another image's bootstrap layer in the place of one for a platform that this machine may not be able
 * to run: good enough for an image that is put together, and never runs.
 */
export async function plantBootstrap(rig: WorkspaceRig, name: string, platform: Platform): Promise<void> {
  const read = async <T>(file: string) =>
    JSON.parse(await readFile(join(rig.folder, 'images', file), 'utf8')) as T;
  const lock = (await read<ImageLock>(`${name}/lock.json`)).platforms[platform];
  const [layer] = (await read<LayersFile>('base/dist/linux-amd64/layers.json')).layers;
  const store = valueOf(await openStore(rig.store));
  const paths = layer && (await store.getPaths(layer.diffId));
  if (!lock || !paths) throw new Error(`${name} is not locked, or base is not built`);
  const { buildId } = bootstrapWanted({ name, platform, compression: 'zstd', users: [], lock });
  valueOf(await store.putBuild(buildId, layer, paths));
}

async function plantLayer(
  rig: WorkspaceRig,
  { name, script, npm = {} }: PlantedTool,
): Promise<LayerFile['layer']> {
  const store = valueOf(await openStore(rig.store));
  const content = typeof script === 'string' ? `#!/bin/sh\n${script}` : script;
  const options = { mode: 0o755, mtime: CONSTANT_TIME };
  const files = [
    fileEntry(`usr/local/bin/${name}`, content, options),
    ...Object.entries(npm).map(([module, version]) =>
      fileEntry(
        `usr/local/lib/${name}/node_modules/${module}/package.json`,
        JSON.stringify({ name: module, version, license: 'MIT' }),
        options,
      ),
    ),
  ];
  const entries = [...files, ...missingParents(files, [], CONSTANT_TIME)];
  const { layer, paths } = valueOf(await writeLayer(entries, { compression: 'zstd', store }));
  const buildId = buildIdOf({ planted: name, script: digestOf(script), npm });
  valueOf(await store.putBuild(buildId, layer, paths));
  return { ...layer, kind: 'tool', owner: name, buildId, time: CONSTANT_TIME };
}
