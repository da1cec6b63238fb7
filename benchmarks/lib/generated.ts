import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  baseDigest,
  baseInputs,
  digestOf,
  layerBuildId,
  packagesDigest,
  platformOfNode,
  type BaseLock,
  type Digest,
  type Layer,
  type PlatformLock,
} from '@image-tooling/model';
import { fileEntry } from '@image-tooling/layer';
import { openStore, writeLayer, type Store } from '@image-tooling/oci';

const PLATFORM = platformOfNode(process.arch) ?? 'linux/amd64';
const TOOLS = 50;
const GROUP = 10;
/** The parent of each image in its group: a chain of four, and fans on its first two. */
const PARENTS = [undefined, 0, 1, 2, 0, 0, 0, 1, 1, 1] as const;

/**
 * Writes a workspace of so many images, in groups of ten on a registry image, with 50 tools: all locked, and
 * their sources (a base's layer, vendors' files) are in the store, so that no network and no engine is
 * needed.
 */
export async function generateWorkspace(folder: string, store: string, images: number): Promise<void> {
  const write = writerOf(folder);
  writeSettings(folder, write);
  const opened = await openStore(store);
  if (!opened.ok) throw new Error(opened.failures[0].message);
  const base = baseOf(await plantBase(opened.value));
  for (let number = 0; number < TOOLS; number++) await writeTool(write, opened.value, number);
  for (let number = 0; number < images; number++) writeImage(write, base, number);
}

type Write = (file: string, content: unknown) => void;

function writerOf(folder: string): Write {
  return (file, content) => {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, undefined, 2));
  };
}

function writeSettings(folder: string, write: Write): void {
  write('package.json', { name: 'generated', private: true });
  write('tsconfig.base.json', { compilerOptions: { module: 'esnext', target: 'es2022' }, files: [] });
  write('.gitignore', 'node_modules\ndist\n.nx\n');
  write('implementation.txt', 'one\n');
  write('nx.json', {
    neverConnectToCloud: true,
    analytics: false,
    parallel: 2,
    namedInputs: { imageTooling: ['{workspaceRoot}/implementation.txt'] },
    plugins: [{ plugin: '@image-tooling/nx', options: { toolSource: 'release' } }],
  });
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
}

async function plantBase(store: Store): Promise<Layer> {
  const made = await writeLayer([fileEntry('usr/lib/os-release', 'ID=generated\n')], {
    compression: 'gzip',
    store,
  });
  if (!made.ok) throw new Error(made.failures[0].message);
  const { layer, paths } = made.value;
  await store.putBuild(layerBuildId(baseInputs(layer.digest)), layer, paths);
  return layer;
}

/** As many as in a small Debian: a lock is the largest file that a task reads. */
const BASE_PACKAGES = 90;

function baseOf({ digest, size, diffId, tarSize }: Layer): BaseLock {
  const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip';
  return {
    reference: `registry.invalid/generated@${digest}`,
    manifest: digest,
    config: digest,
    time: 0,
    layers: [{ mediaType, digest, size, diffId, tarSize }],
    inherited: { env: {}, entrypoint: [], cmd: ['sh'] },
    apt: false,
    packages: Array.from({ length: BASE_PACKAGES }, (_, at) => ({
      name: `package-${at}`,
      version: `1.${at}-1+deb13u1`,
      architecture: 'amd64',
    })),
  };
}

const toolName = (number: number): string => `tool-${String(number % TOOLS).padStart(2, '0')}`;
const imageName = (number: number): string => `image-${String(number).padStart(3, '0')}`;

async function writeTool(write: Write, store: Store, number: number): Promise<void> {
  const name = toolName(number);
  const program = Buffer.from(`#!/bin/sh\necho ${name} 1.0.0\n`);
  const put = await store.putBlobFromBytes(program);
  if (!put.ok) throw new Error(put.failures[0].message);
  const url = `https://vendor.invalid/${name}`;
  write(`tools/${name}/tool.json`, {
    description: `Generated tool ${number}`,
    homepage: 'https://vendor.invalid',
    license: 'Apache-2.0',
    version: '1.0.0',
    sources: { release: { url, files: { [name]: `bin/${name}` } } },
    checks: [{ run: [name], stdout: '{version}' }],
  });
  const sha256 = digestOf(program).slice('sha256:'.length);
  const release = { [PLATFORM]: { url, sha256, size: program.length } };
  write(`tools/${name}/lock.json`, { lockVersion: 1, version: '1.0.0', release });
}

function writeImage(write: Write, base: BaseLock, number: number): void {
  const name = imageName(number);
  const at = number % GROUP;
  const parent = PARENTS[at];
  const first = number - at;
  write(`images/${name}/image.json`, {
    description: `Generated image ${number}`,
    from: parent === undefined ? { registry: base.reference } : { image: imageName(first + parent) },
    tools: [0, 1, 2].map((one) => toolName(first + 3 * at + one)),
    files: 'rootfs',
    config: { env: { [`GENERATED_${number}`]: name } },
    checks: [{ run: ['sh', '-c', 'true'] }, { file: `/usr/local/share/generated/${name}` }],
    examples: [`toolbox ${name}`],
    budget: { compressed: '400MB' },
    platforms: [PLATFORM],
  });
  write(`images/${name}/rootfs/usr/local/share/generated/${name}`, `${name}\n`);
  write(`images/${name}/lock.json`, { lockVersion: 1, platforms: { [PLATFORM]: lockOf(base, at) } });
}

function lockOf(base: BaseLock, at: number): PlatformLock {
  const parent = PARENTS[at];
  const shared = { time: 0, requested: [], packages: [] };
  return parent === undefined ? { base, ...shared } : { on: chainDigest(base, parent), ...shared };
}

/**
 * Returns what locks of children name: the identity of all packages of the image at that place in a group.
 */
function chainDigest(base: BaseLock, at: number): Digest {
  const parent = PARENTS[at];
  return packagesDigest(parent === undefined ? baseDigest(base) : chainDigest(base, parent), []);
}
