import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import {
  startFaultProxy,
  startRegistry,
  tagsOf,
  vendorTar,
  FaultyServer,
  type CommandLineEnd,
  type FaultProxy,
  type FixtureArchive,
  type RealRegistry,
  type WorkspaceRig,
} from '@image-tooling/testkit';
import type { Converged } from '../../src/releases';
import { GIT_ENV } from '../git-repository';
import { OUTSIDE_OF_CI } from '../publish/workspace';
import { fixtureArchive, rigWithBase } from '../shared-base';
import { BASE_IMAGE } from '../fixture-images';

const exec = promisify(execFile);

const VENDOR = 'https://vendor.invalid/';
const TOOLS = ['greet', 'part'];

/** A child of the base with a tool, a child of that with another one, and an image that has neither. */
const IMAGES = {
  base: BASE_IMAGE,
  tooling: { ...image('base'), tools: ['greet'] },
  super: { ...image('tooling'), tools: ['part'] },
  other: image('base'),
};

function image(from: string): object {
  return { description: `From ${from}`, from: { image: from }, platforms: ['linux/amd64'] };
}

/** A workspace with releases, its remote, and a registry behind a proxy. Images are signed. */
export class ReleaseWorkspace {
  private constructor(
    readonly rig: WorkspaceRig,
    readonly archive: FixtureArchive,
    readonly registry: RealRegistry,
    readonly proxy: FaultProxy,
    private readonly vendor: FaultyServer,
    readonly remote: string,
    /** What the vendor has as `greet_1.0.0`; default: scripts that print name and version. */
    readonly programs: Map<string, Buffer>,
  ) {}

  static async open(): Promise<ReleaseWorkspace> {
    const registry = await startRegistry();
    const archive = await fixtureArchive();
    const programs = new Map<string, Buffer>();
    const vendor = new FaultyServer((path) => archiveAt(path, programs));
    await vendor.start();
    const mirrors = { [VENDOR]: `${vendor.url}/` };
    const options = { mirrors, firstVersion: '1.0.0', signing: { key: 'signing.key' } };
    const rig = await rigWithBase({ archives: [archive], options });
    const remote = await mkdtemp(join(tmpdir(), 'image-tooling-remote-'));
    const proxy = await startFaultProxy(registry);
    const made = new ReleaseWorkspace(rig, archive, registry, proxy, vendor, remote, programs);
    await made.fill();
    return made;
  }

  private async fill(): Promise<void> {
    const { rig } = this;
    for (const tool of TOOLS) await this.setTool(tool, '1.0.0');
    for (const [name, definition] of Object.entries(IMAGES))
      await rig.write(`images/${name}/image.json`, definition);
    await rig.write('images/base/rootfs/etc/fixture.conf', 'from the rootfs\n');
    await rig.write('.gitignore', 'dist\n*.key\n*.pub\n');
    await rig.must(['keygen', '--file', 'signing.key']);
    await rig.must(['lock', 'base', '--family']);
    await this.git('init', '--quiet', '--initial-branch=main');
    await exec('git', ['init', '--quiet', '--bare', '--initial-branch=main', this.remote]);
    await this.git('remote', 'add', 'origin', this.remote);
  }

  async close(): Promise<void> {
    await this.proxy.stop();
    await this.registry.stop();
    await this.rig.remove();
    await this.archive.stop();
    await this.vendor.stop();
    await rm(this.remote, { recursive: true });
  }

  /** Writes and locks a version of a tool. */
  async setTool(name: string, version: string): Promise<void> {
    await this.rig.write(`tools/${name}/tool.json`, {
      ...{ description: 'A tool', homepage: 'https://vendor.invalid', license: 'MIT', version },
      sources: {
        release: { url: `${VENDOR}${name}_{version}_{arch}.tar.gz`, files: { [name]: `bin/${name}` } },
      },
      checks: [{ run: [name], stdout: `^${name} {version}$` }],
    });
    await this.rig.must(['lock', name]);
  }

  async git(...args: readonly string[]): Promise<string> {
    const env = { ...process.env, ...GIT_ENV };
    return (await exec('git', ['-C', this.rig.folder, ...args], { env })).stdout.trim();
  }

  /** Commits all on main, and pushes it. Returns the commit. */
  async push(message: string): Promise<string> {
    await this.git('add', '.');
    await this.git('commit', '--quiet', '--allow-empty', '-m', message);
    await this.git('push', '--quiet', 'origin', 'main');
    return this.git('rev-parse', 'HEAD');
  }

  /** Builds and tests what Nx would after a change of these images and tools, in this order. */
  async build(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      await this.rig.must(['build', name, '--platform=linux/amd64']);
      if (name in IMAGES) await this.rig.must(['test', name]);
    }
  }

  converge(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<CommandLineEnd> {
    return this.rig.run(['converge', ...args], this.env(env));
  }

  /** Converges, which must succeed; returns its report. */
  async mustConverge(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Converged> {
    return JSON.parse(await this.rig.must(['converge', '--json', ...args], this.env(env))) as Converged;
  }

  env(changed: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    return { ...OUTSIDE_OF_CI, ...GIT_ENV, IMAGE_REGISTRY: `${this.proxy.host}/team`, ...changed };
  }

  tags(name: string): Promise<string[]> {
    return tagsOf(this.registry, `team/${name}`);
  }

  /** Returns the remote's tags, with the subject of the commit that each is on. */
  async gitTags(): Promise<string[]> {
    const format = '--format=%(refname:short) %(subject)';
    const listed = await exec('git', ['-C', this.remote, 'for-each-ref', 'refs/tags', format]);
    return listed.stdout.trim().split('\n').filter(Boolean);
  }

  read(path: string): Promise<string> {
    return readFile(join(this.rig.folder, path), 'utf8');
  }

  /** Returns the manifest that the build and the test were about. */
  async tested(name: string): Promise<string> {
    const report = await this.read(`images/${name}/dist/report/linux-amd64/report.json`);
    return (JSON.parse(report) as { manifest: string }).manifest;
  }
}

/** Of `greet_1.0.0_amd64.tar.gz`. */
function archiveAt(path: string, programs: ReadonlyMap<string, Buffer>): Buffer {
  const [, name = '', version = ''] = /^(\w+)_([\d.]+)_/.exec(path) ?? [];
  const content = programs.get(`${name}_${version}`) ?? `#!/bin/sh\necho ${name} ${version}\n`;
  return gzipSync(vendorTar([{ name, content, mode: 0o755 }]));
}
