import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ReleaseSource } from '@image-tooling/model';
import { createRig, type WorkspaceRig } from '@image-tooling/testkit';
import { logger, readJson, updateJson, type Tree } from '@nx/devkit';
import { flushChanges, FsTree } from 'nx/src/generators/tree';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { importDockerfile } from '../src/generators/import-dockerfile/generator';
import { addBaseImage } from '../src/generators/init/base-image';
import { startVendorServer, type VendorServer } from './vendor-server';

const FIXTURES = join(__dirname, '../../dockerfile/test/dockerfiles');
const HOSTS = ['github.com', 'dl.k8s.io', 'get.helm.sh', 'releases.hashicorp.com'];

let server: VendorServer;
let rig: WorkspaceRig;

beforeAll(async () => {
  vi.spyOn(logger, 'info').mockImplementation(() => undefined);
  server = await startVendorServer();
  rig = await createRig({ options: { toolSource: 'release', mirrors: server.mirrors(HOSTS) } });
  await rig.write('package.json', { name: 'imported', private: true });
  change(writeBase);
  await rig.must(['lock', 'base']);
  await rig.must(['build', 'base']);
});

afterAll(async () => {
  vi.restoreAllMocks();
  await rig.remove();
  await server.stop();
});

/** Runs a generator in the workspace. Returns the files that it made. */
function change(work: (tree: Tree) => void): string[] {
  const tree = new FsTree(rig.folder, false);
  work(tree);
  flushChanges(rig.folder, tree.listChanges());
  return tree.listChanges().map(({ path }) => path);
}

/**
 * The base of a new workspace, without its checks: they ask for its own user, and an import may have another.
 */
function writeBase(tree: Tree): void {
  addBaseImage(tree, 'images');
  updateJson<object, object>(tree, 'images/base/image.json', (content) => ({ ...content, checks: [] }));
}

interface ToolFile {
  readonly version: string;
  readonly sources: { readonly release?: ReleaseSource };
}

/** Adds files for the tools to the stand-ins' server. Returns their names. */
function serve(paths: readonly string[]): string[] {
  const names = paths.flatMap((path) => /^tools\/([^/]+)\/tool\.json$/.exec(path)?.[1] ?? []);
  const tree = new FsTree(rig.folder, false);
  for (const name of names) {
    const { version, sources } = readJson<ToolFile>(tree, `tools/${name}/tool.json`);
    if (sources.release) server.add({ version, source: sources.release });
  }
  return names;
}

/**
 * A tool whose checksum the Dockerfile holds: the stand-in is another file, and is refused until that is
 * taken away.
 */
async function lockTool(name: string): Promise<void> {
  const first = await rig.run(['lock', name]);
  if (first.exitCode === 0) return;
  expect(first.stderr).toMatch(
    /has changed at its address since it was locked[\s\S]*locked {2}sha256[\s\S]*now {5}sha256/,
  );
  rmSync(join(rig.folder, 'tools', name, 'lock.json'));
  await rig.must(['lock', name]);
}

describe('an imported Dockerfile', () => {
  it.each(readdirSync(FIXTURES))('%s: locks, builds, and its tools run', async (name) => {
    const paths = change((tree) => importDockerfile(tree, { path: join(FIXTURES, name) }));
    const tools = serve(paths);
    for (const tool of tools) {
      await lockTool(tool);
      await rig.must(['build', tool]);
    }
    await rig.must(['lock', name]);
    for (const tool of toolsOf(name)) await rig.must(['build', tool]);
    await rig.must(['build', name]);
    await rig.must(['test', name]);
  });
});

/** Those of the image, also those that an earlier image brought. */
function toolsOf(image: string): string[] {
  return (
    readJson<{ tools?: string[] }>(new FsTree(rig.folder, false), `images/${image}/image.json`).tools ?? []
  );
}
