import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tagsOf, whyNoRegistry } from '@image-tooling/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPOSITORY } from '../packages/nx/test/workspace';
import { jobsOf, stepsOf, workflows, type PlacedJob } from './workflows/read';
import { git, SmallRepository } from './workflows/small-repository';
import { ran, runJob, summaryOf, type Machine, type Outputs } from './workflows/runner';

const ALL = workflows();
/** The workflow of Renovate has a test of its own. */
const OWN = ALL.filter(({ file }) => file !== 'renovate-lock.yml');

let repository: SmallRepository;

function jobOf(place: string): PlacedJob {
  const found = jobsOf(ALL).find((one) => one.place === place);
  if (found === undefined) throw new Error(`no job ${place}`);
  return found;
}

const IS_OWN = 'github.event.pull_request.head.repo.full_name == github.repository';

const reason = whyNoRegistry();
if (reason !== undefined) console.warn(`workflows: skipped, since ${reason}`);

describe.skipIf(reason !== undefined)(
  'the steps of the workflows, in fresh clones of a small workspace',
  () => {
    beforeAll(async () => {
      repository = await SmallRepository.open();
    });
    afterAll(() => repository.close());

    it('main: builds and tests on each processor, publishes and releases what another machine built', async () => {
      for (const arch of ['amd64', 'arm64'])
        await runJob(
          jobOf('main.yml images'),
          repository.machineOf(
            'main',
            { 'matrix.arch': arch },
            arch === 'amd64' ? { IMAGE_STORE: repository.rig.store } : {},
          ),
        );
      await runJob(jobOf('main.yml converge'), repository.machineOf('main', {}));
      for (const image of ['base', 'child']) {
        const tags = (await tagsOf(repository.registry, `team/${image}`)).filter(
          (tag) => !tag.startsWith('sha256-'),
        );
        expect(tags.sort()).toEqual(
          ['1', '1.0', '1.0.0', 'latest', 'main', `main-${repository.main.slice(0, 12)}`].sort(),
        );
        expect(git(repository.remote, 'rev-parse', `${image}@1.0.0`)).toBe(repository.main);
      }
      const again = await runJob(jobOf('main.yml converge'), repository.machineOf('main', {}));
      expect(outputOf(again, 'converge')).not.toMatch(/published|released 1/);
    });

    it('main: scans again what is published, with the vulnerabilities of today', async () => {
      const machine = repository.machineOf('main', {}, { GITHUB_EVENT_NAME: 'schedule' });
      await runJob(jobOf('main.yml rescan'), machine);
      expect(summaryOf(machine)).not.toBe('');
    });

    it('a pull request: tests what it affects, and publishes images to try from a branch of the repository', async () => {
      const branch = { IMAGE_STORE: repository.rig.store, ...pullRequest() };
      const head = pushBranch();
      const values = (isOwn: boolean) => ({
        'matrix.arch': 'amd64',
        'github.event.pull_request.base.sha || github.event.merge_group.base_sha': repository.main,
        'github.event.pull_request.base.sha': repository.main,
        [`vars.BRANCH_REGISTRY && ${IS_OWN}`]: isOwn ? 'true' : 'false',
        'vars.BRANCH_REGISTRY': `${repository.registry.host}/branches`,
        'secrets.BRANCH_REGISTRY_USERNAME': 'branches',
        'secrets.BRANCH_REGISTRY_PASSWORD': 'secret',
      });
      const fork = await runJob(
        jobOf('ci.yml images'),
        atBranch(repository.machineOf('fork', values(false), branch)),
      );
      expect(outputOf(fork, 'nx affected')).toMatch(/child:test-amd64/);
      expect(outputOf(fork, 'nx affected')).not.toMatch(/base:test-amd64/);
      expect(existsSync(join(repository.folder, 'artifacts-fork'))).toBe(false);
      await runJob(jobOf('ci.yml images'), atBranch(repository.machineOf('own', values(true), branch)));
      await runJob(
        jobOf('ci.yml branch-images'),
        atBranch(repository.machineOf('own', values(true), pullRequest())),
      );
      const tags = await tagsOf(repository.registry, 'branches/child');
      expect(tags.sort()).toEqual(['branch-feature', `branch-feature-${head.slice(0, 12)}`]);
    });

    it('nightly: makes a pull request of the newest versions', async () => {
      const machine = repository.machineOf('nightly', {}, { IMAGE_STORE: repository.rig.store });
      await runJob(jobOf('nightly.yml update'), machine);
      await runJob(jobOf('nightly.yml pull-request'), repository.machineOf('nightly', {}));
      expect(git(repository.remote, 'diff', '--name-only', 'main', 'update/nightly')).toContain(
        'scan.lock.json',
      );
      expect(repository.github.requests.map(({ line }) => line)).toContain('POST /repos/team/images/pulls');
    });

    it('nightly: says that a project was not updated', async () => {
      const failed = { "steps.update.outcome == 'failure'": 'true' };
      const machine = repository.machineOf('failed', failed);
      const job = jobOf('nightly.yml update');
      const last = { ...job, job: { ...job.job, steps: job.job.steps?.slice(-1) ?? [] } };
      await expect(runJob(last, machine)).rejects.toThrow(/A project was not updated/);
      ran.add(`${job.place}: ${job.job.steps?.at(-1)?.run}`);
    });

    it('nightly: deletes expired images', async () => {
      const run = await runJob(jobOf('nightly.yml prune'), repository.machineOf('nightly', {}));
      expect(outputOf(run, 'prune')).not.toBe('');
    });

    it('packages: finds the version and packs', async () => {
      const { env, ...machine } = repository.machineOf('packages', {
        'steps.version.outputs.version': '1.2.3',
      });
      await runJob(jobOf('packages.yml pack'), { ...machine, env, folder: REPOSITORY });
      const packed = join(repository.folder, 'artifacts-packages/packages');
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
  git(repository.rig.folder, 'checkout', '--quiet', '-b', 'feature');
  const file = join(repository.rig.folder, 'images/child/image.json');
  const definition = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, `${JSON.stringify({ ...definition, config: { cmd: ['sh'] } }, undefined, 2)}\n`);
  git(repository.rig.folder, 'commit', '--quiet', '--all', '--message=feat: another command');
  git(repository.rig.folder, 'push', '--quiet', repository.remote, 'feature');
  return git(repository.rig.folder, 'rev-parse', 'HEAD');
}

function atBranch(machine: Machine): Machine {
  git(machine.folder, 'checkout', '--quiet', '--detach', 'origin/feature');
  return machine;
}
