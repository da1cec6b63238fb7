import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  startRegistry,
  type FixtureArchive,
  type RealRegistry,
  type WorkspaceRig,
} from '@image-tooling/testkit';
import { linkModules, REPOSITORY } from '../../packages/nx/test/workspace';
import { lockAll, writeImages } from '../../packages/pipeline/test/fixture-images';
import { gitIn } from '../../packages/pipeline/test/git-repository';
import { fixtureArchive, rigWithBase } from '../../packages/pipeline/test/shared-base';
import { GitHubApi } from './github';
import type { Machine } from './runner';
import { hostEnv, stampBootstrap, writeProgram } from './small-workspace';

const LAUNCHER = join(REPOSITORY, 'packages/cli/bin/image-tooling.cjs');
const PASSWORD = "startsWith(vars.IMAGE_REGISTRY, 'ghcr.io/') && github.token || secrets.REGISTRY_PASSWORD";

/** Expressions of all workflows; jobs add those that differ. */
const VALUES: Record<string, string> = {
  '!cancelled()': 'true',
  "hashFiles('scan.json') != ''": 'true',
  'github.token': 'token of a job',
  'vars.REGISTRY_USERNAME || github.actor': 'somebody',
  [PASSWORD]: 'secret',
  'secrets.IMAGE_SIGNING_PASSPHRASE': '',
  'secrets.UPDATE_TOKEN || github.token': 'token of a job',
  "steps.update.outcome == 'failure'": 'false',
};

/** Runs git in a folder, and returns what it prints. */
export const git = (where: string, ...args: readonly string[]): string => gitIn(where, args);

/** A server's repository team/images with two images, a registry, an API like GitHub's, and machines that run CI. */
export class SmallRepository {
  private machines = 0;
  /** The first commit of main. */
  readonly main: string;
  private constructor(
    readonly registry: RealRegistry,
    readonly github: GitHubApi,
    readonly rig: WorkspaceRig,
    private readonly archive: FixtureArchive,
    /** Has the server's repository, clones, and what jobs leave. */
    readonly folder: string,
    readonly signingKey: string,
  ) {
    git(folder, 'clone', '--quiet', '--bare', rig.folder, this.remote);
    this.main = git(this.remote, 'rev-parse', 'main');
  }

  /** Starts the servers and pushes the images. `write` may add files before the first commit. */
  static async open(write?: (rig: WorkspaceRig) => Promise<void>): Promise<SmallRepository> {
    const [archive, registry, github] = await Promise.all([
      fixtureArchive(),
      startRegistry(),
      new GitHubApi().start(),
    ]);
    const rig = await rigWithBase({
      archives: [archive],
      options: { firstVersion: '1.0.0', signing: { key: 'signing.key' } },
    });
    await writeImages(rig);
    await lockAll(rig);
    await rig.must(['keygen', '--file', 'signing.key']);
    await writeProgram(rig);
    await write?.(rig);
    git(rig.folder, 'init', '--quiet', '--initial-branch=main');
    git(rig.folder, 'add', '.');
    git(rig.folder, 'commit', '--quiet', '--message=feat: begin');
    const folder = mkdtempSync(join(tmpdir(), 'workflow-runs-'));
    const key = await readFile(join(rig.folder, 'signing.key'), 'utf8');
    return new SmallRepository(registry, github, rig, archive, folder, key);
  }

  async close(): Promise<void> {
    this.github.stop();
    rmSync(this.folder, { recursive: true, force: true });
    await Promise.all([this.registry.stop(), this.archive.stop()]);
    await this.rig.remove();
  }

  get remote(): string {
    return join(this.folder, 'team/images');
  }

  /** Returns a new machine with a fresh clone, for a job of a run of a workflow. */
  machineOf(run: string, values: Record<string, string>, env: NodeJS.ProcessEnv = {}): Machine {
    const place = join(this.folder, `machine-${(this.machines += 1)}`);
    mkdirSync(place);
    const clone = join(place, 'clone');
    git(place, 'clone', '--quiet', this.remote, 'clone');
    linkModules(clone, LAUNCHER);
    symlinkSync(join(REPOSITORY, 'node_modules/nx/dist/bin/nx.js'), join(clone, 'node_modules/.bin/nx'));
    stampBootstrap(clone);
    return {
      folder: clone,
      temporary: join(place, 'temporary'),
      artifacts: join(this.folder, `artifacts-${run}`),
      values: {
        ...VALUES,
        'secrets.IMAGE_SIGNING_KEY': this.signingKey,
        'vars.IMAGE_REGISTRY': `${this.registry.host}/team`,
        ...values,
      },
      env: {
        ...hostEnv(),
        XDG_CACHE_HOME: join(place, 'cache'),
        IMAGE_ENGINE: 'buildah',
        GITHUB_SERVER_URL: `file://${this.folder}`,
        GITHUB_API_URL: this.github.url,
        GITHUB_REPOSITORY: 'team/images',
        GITHUB_EVENT_NAME: 'push',
        GITHUB_REF: 'refs/heads/main',
        GITHUB_REF_NAME: 'main',
        GITHUB_REF_TYPE: 'branch',
        GITHUB_SHA: git(clone, 'rev-parse', 'HEAD'),
        ...env,
      },
    };
  }
}
