import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { valueOf } from '@image-tooling/host';
import { storeRoot } from '@image-tooling/oci';
import { runProgram } from '../lib/programs';
import { copyWorkspace, nx } from '../lib/workspace';

export const IMAGES = ['tooling-k8s', 'tooling-k8s-aws', 'tooling-k8s-openstack'] as const;
/** The last one is the last layer of tooling-k8s, in Dockerfiles too. */
export const TOOLS = ['argocd', 'helm', 'k9s', 'kustomize', 'yq', 'kubectl'] as const;
export const BUMPED = 'kubectl';
export const LEAF = 'tooling-k8s-aws';
export const ARCH = process.arch === 'arm64' ? 'arm64' : 'amd64';
const PLATFORM = `linux/${ARCH}`;

/**
 * Three images of this repository on its base, for all builders alike: the .debs and programs are files, base
 * is built.
 */
export interface Graph {
  /** A workspace whose tools take the programs as vendors' files. Committed. */
  readonly workspace: string;
  /** A store with .debs, programs and the built base. */
  readonly store: string;
  /** The copy of it that our command builds in. */
  readonly usedStore: string;
  /** Nx's cache, with base in it. */
  readonly nxCache: string;
  /** Folder of base as an OCI image layout, tag `dev`. */
  readonly base: string;
  /** Folder with `debs/<image>/*.deb` and `bin/<tool>`. */
  readonly context: string;
}

/** Builds base and the six programs first, which the store of this machine (IMAGE_STORE) may have. */
export function prepareGraph(folder: string): Graph {
  const graph = {
    workspace: join(folder, 'workspace'),
    store: join(folder, 'store'),
    usedStore: join(folder, 'used-store'),
    nxCache: join(folder, 'nx-cache'),
    base: join(folder, 'base'),
    context: join(folder, 'context'),
  };
  copyWorkspace(graph.workspace);
  nx(graph.workspace, ['run-many', '-t', `build-${ARCH}`, '-p', [...IMAGES, ...TOOLS].join(',')]);
  for (const tool of TOOLS) extractProgram(graph, tool);
  for (const image of IMAGES) collectDebs(graph, image);
  for (const tool of TOOLS) takeProgram(graph, tool);
  for (const image of ['base', ...IMAGES]) forOnePlatform(graph, image);
  keepOnly(join(graph.workspace, 'images'), ['base', ...IMAGES]);
  keepOnly(join(graph.workspace, 'tools'), TOOLS);
  runProgram(['git', 'init', '-q', '-b', 'main'], { cwd: graph.workspace });
  commit(graph.workspace);
  forgetOutputs(graph);
  buildBase(graph);
  return graph;
}

/** Changes the program of a tool: its size stays the same, but for a few bytes. */
export function bumpTool(graph: Graph): void {
  const { version } = readJson(join(graph.workspace, 'tools', BUMPED, 'lock.json')) as { version: string };
  const next = version.replace(/\d+$/, (patch) => `${Number(patch) + 1}`);
  writeFileSync(join(graph.context, 'bin', BUMPED), `\n${next}`, { flag: 'a' });
  lockProgram(graph, BUMPED, next);
  commit(graph.workspace);
}

/** Changes one word of the leaf's description. */
export function describeLeaf(graph: Graph, description: string): void {
  const file = join(graph.workspace, 'images', LEAF, 'image.json');
  writeJson(file, { ...(readJson(file) as object), description });
  commit(graph.workspace);
}

/** Removes all outputs of builds and tests. */
export function forgetOutputs({ workspace }: Graph): void {
  runProgram(['sh', '-c', 'rm -rf images/*/dist tools/*/dist'], { cwd: workspace });
}

/** Variables of our command for a graph and a store. */
export function environment({ nxCache }: Pick<Graph, 'nxCache'>, store: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NO_COLOR: '1',
    NX_DAEMON: 'false',
    NX_CACHE_DIRECTORY: nxCache,
    NX_WORKSPACE_DATA_DIRECTORY: `${nxCache}-data`,
    IMAGE_STORE: store,
    IMAGE_ENGINE: 'buildah',
  };
}

/** The path of a blob in a store, by its sha256. */
export function blobFile(store: string, sha256: string): string {
  return join(store, 'blobs', 'sha256', sha256);
}

function extractProgram({ workspace, context }: Graph, tool: string): void {
  const output = join(workspace, 'tools', tool, 'dist', `linux-${ARCH}`, 'layer.json');
  const { layer } = readJson(output) as { layer: { digest: string } };
  const bin = join(context, 'bin');
  mkdirSync(bin, { recursive: true });
  const blob = blobFile(machineStore(), layer.digest.replace('sha256:', ''));
  const program = `usr/local/bin/${tool}`;
  runProgram([
    'sh',
    '-ec',
    'zstd -dc "$1" | tar -x -C "$2" --strip-components=3 "$3"',
    'sh',
    blob,
    bin,
    program,
  ]);
}

/** A .deb that this machine's store does not have is downloaded with the first build of the image. */
function collectDebs(graph: Graph, image: string): void {
  const lock = readJson(join(graph.workspace, 'images', image, 'lock.json')) as ImageLock;
  for (const { path, sha256 } of lock.platforms[PLATFORM]!.packages) {
    const from = blobFile(machineStore(), sha256);
    if (!existsSync(from))
      throw new Error(`${path} is not in the store: build ${image} from an empty store first`);
    place(from, join(graph.context, 'debs', image, path.slice(path.lastIndexOf('/') + 1)));
    place(from, blobFile(graph.store, sha256));
  }
}

/** Makes a tool a vendor's program, with the bytes that the context has; its checks stay. */
function takeProgram(graph: Graph, tool: string): void {
  const folder = join(graph.workspace, 'tools', tool);
  const { sources: _, ...rest } = readJson(join(folder, 'tool.json')) as { version: string; sources: object };
  const definition = JSON.parse(JSON.stringify(rest).replaceAll('{version}', rest.version)) as typeof rest;
  const release = { url: urlOf(tool), format: 'binary', files: { [tool]: `bin/${tool}` } };
  writeJson(join(folder, 'tool.json'), { ...definition, sources: { release } });
  lockProgram(graph, tool, rest.version);
  for (const file of ['go.mod', 'go.sum']) rmSync(join(folder, file), { force: true });
}

function lockProgram({ workspace, context, store, usedStore }: Graph, tool: string, version: string): void {
  const folder = join(workspace, 'tools', tool);
  const program = join(context, 'bin', tool);
  const sha256 = runProgram(['sha256sum', program]).slice(0, 64);
  for (const to of [store, usedStore]) cpSync(program, madeFolderOf(blobFile(to, sha256)));
  writeJson(join(folder, 'tool.json'), { ...(readJson(join(folder, 'tool.json')) as object), version });
  const locked = { url: urlOf(tool).replace('{version}', version), sha256, size: statSync(program).size };
  writeJson(join(folder, 'lock.json'), { lockVersion: 1, version, release: { [PLATFORM]: locked } });
}

function urlOf(tool: string): string {
  return `https://vendor.invalid/${tool}-{version}`;
}

/** Removes all other projects below a folder: a change of the repository must not change what is compared. */
function keepOnly(folder: string, kept: readonly string[]): void {
  const projects = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of projects.filter((one) => !kept.includes(one.name)))
    rmSync(join(folder, name), { recursive: true });
}

function forOnePlatform({ workspace }: Graph, image: string): void {
  const folder = join(workspace, 'images', image);
  writeJson(join(folder, 'image.json'), {
    ...(readJson(join(folder, 'image.json')) as object),
    platforms: [PLATFORM],
  });
  const lock = readJson(join(folder, 'lock.json')) as ImageLock;
  writeJson(join(folder, 'lock.json'), { ...lock, platforms: { [PLATFORM]: lock.platforms[PLATFORM] } });
}

function buildBase(graph: Graph): void {
  const env = environment(graph, graph.store);
  nx(graph.workspace, ['run', `base:build-${ARCH}`], env);
  nx(graph.workspace, ['run', `base:test-${ARCH}`], env);
  const load = ['exec', '--', 'image-tooling', 'load', 'base', `--to=oci:${graph.base}`];
  runProgram(['npm', ...load], { cwd: graph.workspace, env });
}

function commit(cwd: string): void {
  runProgram(['git', 'add', '-A'], { cwd });
  const author = ['-c', 'user.name=benchmark', '-c', 'user.email=benchmark@localhost'] as const;
  runProgram(['git', ...author, 'commit', '-qm', 'feat: change'], { cwd });
}

function machineStore(): string {
  return valueOf(storeRoot(process.env));
}

function place(from: string, to: string): void {
  madeFolderOf(to);
  if (!existsSync(to)) linkOrCopy(from, to);
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    cpSync(from, to);
  }
}

function madeFolderOf(file: string): string {
  mkdirSync(dirname(file), { recursive: true });
  return file;
}

interface ImageLock {
  readonly platforms: Readonly<
    Record<string, { readonly packages: readonly { readonly path: string; readonly sha256: string }[] }>
  >;
}

/** The caller says what the file of our own holds. */
function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value, undefined, 2));
}
