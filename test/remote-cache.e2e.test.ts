import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import type { LayersFile, PublishReport } from '@image-tooling/model';
import {
  startFaultProxy,
  startRegistry,
  whyNoRegistry,
  type FaultProxy,
  type FixtureArchive,
  type RealRegistry,
  type WorkspaceRig,
} from '@image-tooling/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linkModules, nxEnv, REPOSITORY } from '../packages/nx/test/workspace';
import { BASE_IMAGE, lockAll, writeImages } from '../packages/pipeline/test/fixture-images';
import { GIT_ENV } from '../packages/pipeline/test/git-repository';
import { fixtureArchive, rigWithBase } from '../packages/pipeline/test/shared-base';

const exec = promisify(execFile);
const LAUNCHER = resolve(__dirname, '../packages/cli/bin/image-tooling.cjs');
const DIST = `dist/linux-${process.arch === 'x64' ? 'amd64' : 'arm64'}`;
/** Programs of engines. */
const ENGINE = /execve\("[^"]*\/(buildah|runc|crun|dagger|podman|docker|chroot|unshare)"/;
const MOST_BYTES = 200_000;

const reason = whyNoRegistry();
if (reason !== undefined) console.warn(`remote cache: skipped, since ${reason}`);

/** A server with Nx's self-hosted cache API (nx.dev, "Self-hosted caching"): write-once, in memory. */
class CacheServer {
  readonly entries = new Map<string, Buffer>();
  /** Bytes of bodies that were read, by answered request. */
  readonly reads: number[] = [];
  private readonly server: Server = createServer((request, response) => {
    const hash = (request.url ?? '').split('/').at(-1) ?? '';
    const entry = this.entries.get(hash);
    if (request.method === 'PUT')
      return void buffer(request).then((bytes) => {
        this.entries.set(hash, bytes);
        response.writeHead(200).end();
      });
    if (!entry) return void response.writeHead(404).end();
    this.reads.push(entry.length);
    response.writeHead(200, { 'content-length': entry.length }).end(entry);
  });

  async start(): Promise<void> {
    await new Promise<void>((done) => void this.server.listen(0, '127.0.0.1', done));
  }
  get env(): Record<string, string> {
    const { port } = this.server.address() as AddressInfo;
    return {
      NX_SELF_HOSTED_REMOTE_CACHE_SERVER: `http://127.0.0.1:${port}`,
      NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN: 'of a test',
    };
  }
  stop(): void {
    this.server.close();
  }
}

let archive: FixtureArchive;
let registry: RealRegistry;
let proxy: FaultProxy;
let rig: WorkspaceRig;
let cache: CacheServer;
/** Another machine: a clone, HOME and store of its own. */
let clone: string;
let home: string;

const git = (folder: string, ...args: string[]) => exec('git', ['-C', folder, ...args], { env: GIT_ENV });

async function nx(
  folder: string,
  args: readonly string[],
  env: Record<string, string>,
  before: readonly string[] = [],
): Promise<string> {
  const argv = [...before, process.execPath, join(REPOSITORY, 'node_modules/nx/dist/bin/nx.js'), ...args];
  const all = nxEnv({
    ...{ ...cache.env, IMAGE_ENGINE: 'buildah', IMAGE_REGISTRY: `${proxy.host}/team`, GITLAB_CI: '' },
    ...{ IMAGE_STAGING: `${proxy.host}/team/staging`, GIT_CONFIG_GLOBAL: '/dev/null', ...env },
  });
  const { stdout } = await exec(argv[0] as string, argv.slice(1), {
    cwd: folder,
    env: all,
    maxBuffer: 1 << 26,
  });
  return stdout;
}

const other = (): Record<string, string> => ({ HOME: home, XDG_CACHE_HOME: '', IMAGE_BRANCH: 'main' });

describe.skipIf(reason !== undefined)('a fresh clone, after main was built elsewhere', () => {
  beforeAll(async () => {
    [archive, registry] = await Promise.all([fixtureArchive(), startRegistry()]);
    proxy = await startFaultProxy(registry);
    cache = new CacheServer();
    await cache.start();
    rig = await rigWithBase({ archives: [archive] });
    await writeImages(rig);
    await lockAll(rig);
    await rig.write('implementation.txt', 'one');
    const nxJson = JSON.parse(await readFile(join(rig.folder, 'nx.json'), 'utf8')) as object;
    await rig.write('nx.json', {
      ...nxJson,
      namedInputs: { imageTooling: ['{workspaceRoot}/implementation.txt'] },
      ...{ neverConnectToCloud: true, analytics: false },
    });
    await rig.write('package.json', { name: 'fixture', private: true });
    await rig.write('.gitignore', 'node_modules\ndist\n.nx\n');
    await git(rig.folder, 'init', '--quiet', '--initial-branch=main');
    await git(rig.folder, 'add', '.');
    await git(rig.folder, 'commit', '--quiet', '-m', 'one');
    await rig.write('images/base/image.json', { ...BASE_IMAGE, description: 'Another word' });
    await git(rig.folder, 'commit', '--quiet', '--all', '-m', 'two');
    linkModules(rig.folder, LAUNCHER);
    const ci = { IMAGE_STORE: rig.store, IMAGE_STAGING_PUSH: 'true' };
    await nx(rig.folder, ['run-many', '-t', 'test'], ci);
    clone = await mkdtemp(join(tmpdir(), 'cache-clone-'));
    home = await mkdtemp(join(tmpdir(), 'cache-home-'));
    await git(tmpdir(), 'clone', '--quiet', rig.folder, clone);
    linkModules(clone, LAUNCHER);
  });
  afterAll(async () => {
    cache.stop();
    await Promise.all([clone, home].map((folder) => rm(folder, { recursive: true, force: true })));
    await proxy.stop();
    await Promise.all([registry.stop(), archive.stop()]);
    await rig.remove();
  });

  it('tests what a change affects without an engine, and downloads at most 200 KB', async () => {
    proxy.forget();
    const trace = join(home, 'trace.log');
    const strace = ['strace', '-f', '-qq', '-e', 'trace=execve', '-o', trace];
    const out = await nx(clone, ['affected', '-t', 'test', '--base=HEAD~1'], other(), strace);
    expect(out).toMatch(/Successfully ran target test for 2 projects/);
    const programs = (await readFile(trace, 'utf8')).split('\n').filter((line) => ENGINE.test(line));
    expect(programs).toEqual([]);
    expect(proxy.requests).toEqual([]);
    expect(cache.reads).toHaveLength(4);
    const bytes = cache.reads.reduce((sum, one) => sum + one, 0);
    console.log(`downloaded ${bytes} bytes`);
    expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('publishes it, mounted from staging: of layers it reads and sends none', async () => {
    proxy.forget();
    await nx(clone, ['affected', '-t', 'publish', '--base=HEAD~1'], other());
    for (const image of ['base', 'child']) {
      const read = async <T>(path: string) =>
        JSON.parse(await readFile(join(clone, `images/${image}/dist`, path), 'utf8')) as T;
      const { layers } = await read<LayersFile>(`${DIST.slice('dist/'.length)}/layers.json`);
      const asked = proxy.requests.filter(({ method }) => method === 'GET').map(({ path }) => path);
      expect(asked.filter((path) => layers.some(({ digest }) => path.endsWith(digest)))).toEqual([]);
      const report = await read<PublishReport>('publish/publish.json');
      const sent = report.blobs.filter(({ how }) => how === 'pushed').map(({ label }) => label);
      expect(sent.every((label) => /^(config|help)/.test(label))).toBe(true);
    }
  });
});
