import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PublishReport } from '@image-tooling/model';
import {
  startFaultProxy,
  startRegistry,
  steady,
  tagsOf,
  type CommandLineEnd,
  type FaultProxy,
  type FixtureArchive,
  type RealRegistry,
  type WorkspaceRig,
} from '@image-tooling/testkit';
import { buildAll, lockAll, writeImages } from '../fixture-images';
import { plantTool, type PlantedTool } from '../planted';
import { fixtureArchive, rigWithBase } from '../shared-base';

const exec = promisify(execFile);

export const DIST = 'dist/linux-amd64';
export const REPORT = 'dist/report/linux-amd64/report.json';

/** The child's only tool. */
export function greet(version: string): PlantedTool {
  const check = { run: ['greet'], stdout: '^greet {version}$' };
  return { name: 'greet', version, script: `echo "greet ${version}"\n`, checks: [check] };
}

/** Commits of the end of 2099: an image of a branch expires on a day that a snapshot can name. */
const DATE = '4102358400 +0000';
const GIT_ENV = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  ...Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((who) => [
      [`GIT_${who}_NAME`, 'Test'],
      [`GIT_${who}_EMAIL`, 'test@example.invalid'],
      [`GIT_${who}_DATE`, DATE],
    ]),
  ),
};

/** Ignores the environment of these tests. */
export const OUTSIDE_OF_CI = Object.fromEntries(
  [
    ...['GITHUB_ACTIONS', 'GITHUB_STEP_SUMMARY', 'GITLAB_CI', 'JENKINS_URL', 'TF_BUILD', 'CIRCLECI'],
    ...['BUILDKITE', 'BITBUCKET_BUILD_NUMBER', 'IMAGE_RELEASE_VERSION', 'IMAGE_TOOL_SOURCE', 'NX_DRY_RUN'],
  ].map((name) => [name, '']),
);

/** A parent and a child with a tool, built, tested and committed on main; and a registry behind a proxy. */
export class PublishWorkspace {
  private constructor(
    readonly rig: WorkspaceRig,
    readonly archive: FixtureArchive,
    readonly registry: RealRegistry,
    readonly proxy: FaultProxy,
  ) {}

  static async open(): Promise<PublishWorkspace> {
    const registry = await startRegistry();
    const archive = await fixtureArchive();
    const rig = await rigWithBase({ archives: [archive] });
    const made = new PublishWorkspace(rig, archive, registry, await startFaultProxy(registry));
    await writeImages(rig, {}, { tools: ['greet'] });
    await plantTool(rig, greet('1.0.0'), 'linux/amd64');
    await lockAll(rig);
    await buildAll(rig);
    await Promise.all(['base', 'child'].map((image) => rig.must(['test', image])));
    await rig.write('.gitignore', 'dist\n*.env\n');
    await made.git('init', '--quiet', '--initial-branch=main');
    await made.commit();
    return made;
  }

  async close(): Promise<void> {
    await this.proxy.stop();
    await this.registry.stop();
    await this.rig.remove();
    await rm(`${this.rig.store}-generated`, { recursive: true, force: true });
    await this.archive.stop();
  }

  async git(...args: readonly string[]): Promise<string> {
    const env = { ...process.env, ...GIT_ENV };
    return (await exec('git', ['-C', this.rig.folder, ...args], { env })).stdout.trim();
  }

  async commit(): Promise<void> {
    await this.git('add', '.');
    await this.git('commit', '--quiet', '--message=change');
  }

  /** Returns the digits of the commit that tags have. */
  shortCommit(): Promise<string> {
    return this.git('rev-parse', '--short=12', 'HEAD');
  }

  /** Runs a publish, to the folder `team` of the registry through the proxy unless `env` says otherwise. */
  publish(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CommandLineEnd> {
    return this.rig.run(['publish', ...args], this.env(env));
  }

  /** Runs a publish that must succeed; returns its output. */
  mustPublish(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    return this.rig.must(['publish', ...args], this.env(env));
  }

  env(changed: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    return { ...OUTSIDE_OF_CI, ...GIT_ENV, IMAGE_REGISTRY: `${this.proxy.host}/team`, ...changed };
  }

  tags(repository: string): Promise<string[]> {
    return tagsOf(this.registry, repository);
  }

  async read<T>(path: string): Promise<T> {
    return JSON.parse(await readFile(join(this.rig.folder, path), 'utf8')) as T;
  }

  reportOf(image: string): Promise<PublishReport> {
    return this.read(`images/${image}/dist/publish/publish.json`);
  }

  /** Masks what differs from run to run in the output. */
  seen(text: string): string {
    return steady(text, this.rig)
      .replace(/sha256:[0-9a-f]{12}\b/g, 'sha256:<hex>')
      .replace(/\b[0-9a-f]{12}\b/g, '<commit>')
      .replace(/\b[0-9a-f]{40}\b/g, '<commit id>')
      .replace(/\d+(\.\d+)? ([kMG]?B)\b/g, '<size>')
      .replace(/\d+ requests/g, '<number> requests')
      .replace(/(?<=\S) {2,}/g, '  ');
  }
}

/** Requests that change a registry. */
export const WRITE = /PUT|POST|PATCH|DELETE/;
