import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  startRegistry,
  tagsOf,
  whyNoRegistry,
  type FixtureArchive,
  type RealRegistry,
  type WorkspaceRig,
} from '@image-tooling/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linkModules, REPOSITORY } from '../packages/nx/test/workspace';
import { lockAll, writeImages } from '../packages/pipeline/test/fixture-images';
import { gitIn } from '../packages/pipeline/test/git-repository';
import { fixtureArchive, rigWithBase } from '../packages/pipeline/test/shared-base';
import { GitHubApi } from './workflows/github';
import { jobsOf, stepsOf, workflows, type PlacedJob } from './workflows/read';
import { hostEnv, stampBootstrap, writeProgram } from './workflows/small-workspace';
import { ran, runJob, summaryOf, type Machine, type Outputs } from './workflows/runner';

const LAUNCHER = join(REPOSITORY, 'packages/cli/bin/image-tooling.cjs');
const ALL = workflows();
/** The workflow of Renovate has a test of its own. */
const OWN = ALL.filter(({ file }) => file !== 'renovate-lock.yml');

let archive: FixtureArchive;
let registry: RealRegistry;
let github: GitHubApi;
let rig: WorkspaceRig;
/** Has the server's repository team/images, clones, and what jobs leave. */
let folder: string;
/** Commits of main. */
let main: string;
let machines = 0;

const git = (where: string, ...args: readonly string[]): string => gitIn(where, args);

const remote = (): string => join(folder, 'team/images');

function jobOf(place: string): PlacedJob {
  const found = jobsOf(ALL).find((one) => one.place === place);
  if (found === undefined) throw new Error(`no job ${place}`);
  return found;
}

/** A new machine with a fresh clone, for a run of a workflow. */
function machineOf(run: string, values: Record<string, string>, env: NodeJS.ProcessEnv = {}): Machine {
  const place = join(folder, `machine-${(machines += 1)}`);
  mkdirSync(place);
  const clone = join(place, 'clone');
  git(place, 'clone', '--quiet', remote(), 'clone');
  linkModules(clone, LAUNCHER);
  symlinkSync(join(REPOSITORY, 'node_modules/nx/dist/bin/nx.js'), join(clone, 'node_modules/.bin/nx'));
  stampBootstrap(clone);
  return {
    folder: clone,
    temporary: join(place, 'temporary'),
    artifacts: join(folder, `artifacts-${run}`),
    values: { ...VALUES, 'vars.IMAGE_REGISTRY': `${registry.host}/team`, ...values },
    env: {
      ...hostEnv(),
      XDG_CACHE_HOME: join(place, 'cache'),
      IMAGE_ENGINE: 'buildah',
      GITHUB_SERVER_URL: `file://${folder}`,
      GITHUB_API_URL: github.url,
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

const IS_OWN = 'github.event.pull_request.head.repo.full_name == github.repository';
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

const reason = whyNoRegistry();
if (reason !== undefined) console.warn(`workflows: skipped, since ${reason}`);

describe.skipIf(reason !== undefined)(
  'the steps of the workflows, in fresh clones of a small workspace',
  () => {
    beforeAll(async () => {
      [archive, registry, github] = await Promise.all([
        fixtureArchive(),
        startRegistry(),
        new GitHubApi().start(),
      ]);
      folder = mkdtempSync(join(tmpdir(), 'workflow-runs-'));
      rig = await rigWithBase({
        archives: [archive],
        options: { firstVersion: '1.0.0', signing: { key: 'signing.key' } },
      });
      await writeImages(rig);
      await lockAll(rig);
      await rig.must(['keygen', '--file', 'signing.key']);
      VALUES['secrets.IMAGE_SIGNING_KEY'] = await readFile(join(rig.folder, 'signing.key'), 'utf8');
      await writeProgram(rig);
      git(rig.folder, 'init', '--quiet', '--initial-branch=main');
      git(rig.folder, 'add', '.');
      git(rig.folder, 'commit', '--quiet', '--message=feat: begin');
      git(folder, 'clone', '--quiet', '--bare', rig.folder, remote());
      main = git(remote(), 'rev-parse', 'main');
    });
    afterAll(async () => {
      github.stop();
      rmSync(folder, { recursive: true, force: true });
      await Promise.all([registry.stop(), archive.stop()]);
      await rig.remove();
    });

    it('main: builds and tests on each processor, publishes and releases what another machine built', async () => {
      for (const arch of ['amd64', 'arm64'])
        await runJob(
          jobOf('main.yml images'),
          machineOf('main', { 'matrix.arch': arch }, arch === 'amd64' ? { IMAGE_STORE: rig.store } : {}),
        );
      await runJob(jobOf('main.yml converge'), machineOf('main', {}));
      for (const image of ['base', 'child']) {
        const tags = (await tagsOf(registry, `team/${image}`)).filter((tag) => !tag.startsWith('sha256-'));
        expect(tags.sort()).toEqual(
          ['1', '1.0', '1.0.0', 'latest', 'main', `main-${main.slice(0, 12)}`].sort(),
        );
        expect(git(remote(), 'rev-parse', `${image}@1.0.0`)).toBe(main);
      }
      const again = await runJob(jobOf('main.yml converge'), machineOf('main', {}));
      expect(outputOf(again, 'converge')).not.toMatch(/published|released 1/);
    });

    it('main: scans again what is published, with the vulnerabilities of today', async () => {
      const machine = machineOf('main', {}, { GITHUB_EVENT_NAME: 'schedule' });
      await runJob(jobOf('main.yml rescan'), machine);
      expect(summaryOf(machine)).not.toBe('');
    });

    it('a pull request: tests what it affects, and publishes images to try from a branch of the repository', async () => {
      const branch = { IMAGE_STORE: rig.store, ...pullRequest() };
      const head = pushBranch();
      const values = (isOwn: boolean) => ({
        'matrix.arch': 'amd64',
        'github.event.pull_request.base.sha || github.event.merge_group.base_sha': main,
        'github.event.pull_request.base.sha': main,
        [`vars.BRANCH_REGISTRY && ${IS_OWN}`]: isOwn ? 'true' : 'false',
        'vars.BRANCH_REGISTRY': `${registry.host}/branches`,
        'secrets.BRANCH_REGISTRY_USERNAME': 'branches',
        'secrets.BRANCH_REGISTRY_PASSWORD': 'secret',
      });
      const fork = await runJob(jobOf('ci.yml images'), atBranch(machineOf('fork', values(false), branch)));
      expect(outputOf(fork, 'nx affected')).toMatch(/child:test-amd64/);
      expect(outputOf(fork, 'nx affected')).not.toMatch(/base:test-amd64/);
      expect(existsSync(join(folder, 'artifacts-fork'))).toBe(false);
      await runJob(jobOf('ci.yml images'), atBranch(machineOf('own', values(true), branch)));
      await runJob(jobOf('ci.yml branch-images'), atBranch(machineOf('own', values(true), pullRequest())));
      const tags = await tagsOf(registry, 'branches/child');
      expect(tags.sort()).toEqual(['branch-feature', `branch-feature-${head.slice(0, 12)}`]);
    });

    it('nightly: makes a pull request of the newest versions', async () => {
      const machine = machineOf('nightly', {}, { IMAGE_STORE: rig.store });
      await runJob(jobOf('nightly.yml update'), machine);
      await runJob(jobOf('nightly.yml pull-request'), machineOf('nightly', {}));
      expect(git(remote(), 'diff', '--name-only', 'main', 'update/nightly')).toContain('scan.lock.json');
      expect(github.requests.map(({ line }) => line)).toContain('POST /repos/team/images/pulls');
    });

    it('nightly: says that a project was not updated', async () => {
      const failed = { "steps.update.outcome == 'failure'": 'true' };
      const machine = machineOf('failed', failed);
      const job = jobOf('nightly.yml update');
      const last = { ...job, job: { ...job.job, steps: job.job.steps?.slice(-1) ?? [] } };
      await expect(runJob(last, machine)).rejects.toThrow(/A project was not updated/);
      ran.add(`${job.place}: ${job.job.steps?.at(-1)?.run}`);
    });

    it('nightly: deletes expired images', async () => {
      const run = await runJob(jobOf('nightly.yml prune'), machineOf('nightly', {}));
      expect(outputOf(run, 'prune')).not.toBe('');
    });

    it('packages: finds the version and packs', async () => {
      const { env, ...machine } = machineOf('packages', { 'steps.version.outputs.version': '1.2.3' });
      await runJob(jobOf('packages.yml pack'), { ...machine, env, folder: REPOSITORY });
      const packed = join(folder, 'artifacts-packages/packages');
      expect(existsSync(join(packed, 'image-tooling-cli-1.2.3.tgz'))).toBe(true);
      expect(readFileSync(join(packed, 'notes.md'), 'utf8')).toMatch(/^(Since|The first)/);
    });

    it('are all of the steps', () => {
      // .ci/run are the tests themselves; steps of packages.yml publish: packages-release.e2e.test.ts.
      const elsewhere = /: \.ci\/(run$|publish-packages|tag-packages)/;
      const all = stepsOf(OWN).flatMap(({ place, step }) =>
        step.run === undefined ? [] : [`${place}: ${step.run}`],
      );
      const missing = all.filter((step) => !ran.has(step) && !elsewhere.test(step));
      expect(missing).toEqual([]);
      expect(ran.size).toBeGreaterThan(8);
    });
  },
);

const outputOf = (outputs: Outputs, part: string): string =>
  [...outputs].flatMap(([run, output]) => (run.includes(part) ? [output] : [])).join('\n');

const pullRequest = (): NodeJS.ProcessEnv => ({
  GITHUB_EVENT_NAME: 'pull_request',
  GITHUB_REF: 'refs/pull/1/merge',
  GITHUB_REF_NAME: '1/merge',
  GITHUB_HEAD_REF: 'feature',
  GITHUB_BASE_REF: 'main',
});

/** Pushes a branch that changes the child. Returns its commit. */
function pushBranch(): string {
  git(rig.folder, 'checkout', '--quiet', '-b', 'feature');
  const file = join(rig.folder, 'images/child/image.json');
  const definition = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, `${JSON.stringify({ ...definition, config: { cmd: ['sh'] } }, undefined, 2)}\n`);
  git(rig.folder, 'commit', '--quiet', '--all', '--message=feat: another command');
  git(rig.folder, 'push', '--quiet', remote(), 'feature');
  return git(rig.folder, 'rev-parse', 'HEAD');
}

function atBranch(machine: Machine): Machine {
  git(machine.folder, 'checkout', '--quiet', '--detach', 'origin/feature');
  return machine;
}
