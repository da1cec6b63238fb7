import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { tagsOf, whyNoRegistry, type WorkspaceRig } from '@image-tooling/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { REPOSITORY } from '../packages/nx/test/workspace';
import { CHILD_IMAGE } from '../packages/pipeline/test/fixture-images';
import { workflowOf, type Workflow } from './workflows/read';
import { runJob, type Machine, type Outputs } from './workflows/runner';
import { git, SmallRepository } from './workflows/small-repository';

const EXAMPLES = join(__dirname, '../docs/ci-plan');
const STAGES = ['tools', 'parents', 'images', 'publish'] as const;
type Plan = Readonly<Record<(typeof STAGES)[number], readonly MatrixJob[]>>;
interface MatrixJob {
  readonly name: string;
  readonly arch: string;
  readonly targets: string;
  readonly projects: string;
}
interface GitLabJob {
  readonly stage?: string;
  readonly extends?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly before_script?: readonly string[];
  readonly script?: readonly string[];
}
type Pipeline = Readonly<Record<string, GitLabJob>> & { readonly stages: readonly string[] };

/** The two children then take long enough for a job each, which need their parent from a job before. */
const TIMES = {
  tasks: ['base', 'child', 'other'].map((image) => ({
    taskId: `${image}:build-amd64`,
    cacheStatus: 'cache-miss',
    status: 0,
    startTime: '2026-01-01T00:00:00.000Z',
    endTime: '2026-01-01T00:10:00.000Z',
  })),
};

const reason = whyNoRegistry();
if (reason !== undefined) console.warn(`ci-plan: skipped, since ${reason}`);

describe.skipIf(reason !== undefined)(
  'the jobs of ci-plan, on machines that share a remote cache only',
  () => {
    let repository: SmallRepository;
    /** The remote cache. */
    let shared: string;
    let key: string;

    beforeAll(async () => {
      shared = await mkdtemp(join(tmpdir(), 'ci-plan-cache-'));
      repository = await SmallRepository.open(async (rig) => {
        await rig.write('cache.json', { url: `file://${shared}`, repository: 'team/images' });
        await rig.must(['cache', 'keygen', '--pull-requests', '--name', 'pulls']);
        await rig.write('times.json', TIMES);
        await addSecondChild(rig);
        key = await readFile(join(rig.folder, 'cache.key'), 'utf8');
        await rm(join(rig.folder, 'cache.key'));
      });
      git(repository.rig.folder, 'checkout', '--quiet', '-b', 'feature');
      writeFileSync(join(repository.rig.folder, 'images/base/rootfs/etc/fixture.conf'), 'changed\n');
      git(repository.rig.folder, 'commit', '--quiet', '--all', '--message=fix: another file');
      git(repository.rig.folder, 'push', '--quiet', repository.remote, 'feature');
    });
    afterAll(async () => {
      await repository.close();
      await rm(shared, { recursive: true, force: true });
    });

    /** Of the project at GitLab. */
    const variables = (): NodeJS.ProcessEnv => ({
      IMAGE_STAGING: `${repository.registry.host}/team/staging`,
      IMAGE_REGISTRY: `${repository.registry.host}/team`,
      IMAGE_CACHE_KEY: key,
      IMAGE_SIGNING_KEY: repository.signingKey,
      CI_MERGE_REQUEST_IID: '1',
      CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'feature',
    });

    /** With a home of its own: Nx keeps results there, whatever the clone. */
    const machine = (values: Record<string, string> = {}, env: NodeJS.ProcessEnv = {}): Machine => {
      const made = repository.machineOf('plan', values, env);
      git(made.folder, 'checkout', '--quiet', '--detach', 'origin/feature');
      symlinkSync(join(REPOSITORY, 'packages/cli'), join(made.folder, 'node_modules/@image-tooling/cli'));
      return { ...made, env: { ...made.env, HOME: dirname(made.folder) } };
    };

    it('GitHub: stage after stage, and each result is made once', async () => {
      const [workflow, jobs] = ['github.yaml', 'github-jobs.yaml'].map(example) as [Workflow, Workflow];
      expect(Object.keys(workflow.jobs)).toEqual(['plan', 'tools', 'parents', 'images']);
      const planner = machine({
        'github.event.pull_request.base.sha': repository.main,
        "github.event.pull_request.head.repo.fork && '--without-cache' || ''": '',
      });
      await runJob(jobIn(workflow, 'plan'), planner);
      const plan = planIn(planner);
      const printed: string[] = [];
      for (const one of STAGES.flatMap((stage) => plan[stage])) {
        const values = {
          'matrix.job.targets': one.targets,
          'matrix.job.projects': one.projects,
          'secrets.IMAGE_CACHE_KEY': key,
          'vars.IMAGE_STAGING': `${repository.registry.host}/team/staging`,
          'vars.STAGING_USERNAME': 'staging',
          'secrets.STAGING_PASSWORD': 'secret',
        };
        printed.push(textOf(await runJob(jobIn(jobs, 'job'), machine(values))));
      }
      expect(printed.join('\n')).toMatch(/other:test-amd64/);
      expect(printed.join('\n')).not.toMatch(/cache is not used/);
      expect(plan.publish).toEqual([]);
    });

    it('GitHub: no job if nothing is affected, and one for a fork', async () => {
      const [workflow] = ['github.yaml'].map(example) as [Workflow];
      const planned = async (base: string, cache: string): Promise<Plan> => {
        const planner = machine({
          'github.event.pull_request.base.sha': base,
          "github.event.pull_request.head.repo.fork && '--without-cache' || ''": cache,
        });
        await runJob(jobIn(workflow, 'plan'), planner);
        return planIn(planner);
      };
      const nothing = await planned('HEAD', '');
      expect(STAGES.flatMap((stage) => nothing[stage])).toEqual([]);
      const fork = await planned(repository.main, '--without-cache');
      expect(STAGES.map((stage) => fork[stage].length)).toEqual([0, 0, 1, 0]);
    });

    it('GitLab: a parent first, its children on two machines, then what publishes both', async () => {
      await rm(shared, { recursive: true });
      mkdirSync(shared);
      const planner = machine();
      const command = 'npx image-tooling ci-plan --base=main --publish --times=times.json --format=gitlab';
      const script = gitlab('gitlab.yaml')
        ['plan']!.script!.at(-1)!
        .replace(/npx .*(?= >)/, command);
      git(planner.folder, 'branch', '--force', 'main', repository.main);
      await runGitLab(planner, { script: ['./bootstrap', script] });
      const pipeline = JSON.parse(readFileSync(join(planner.folder, 'plan.yml'), 'utf8')) as Pipeline;
      const { workflow, include, stages, ...jobs } = pipeline as Pipeline & {
        workflow: unknown;
        include: unknown;
      };
      expect({ workflow, include, stages }).toEqual({
        workflow: { rules: [{ when: 'always' }] },
        include: [{ local: '.gitlab/image-tooling.yml' }],
        stages: ['tools', 'images', 'publish'],
      });
      const templates = gitlab('gitlab-jobs.yaml');
      const printed = new Map<string, string>();
      for (const [name, job] of Object.entries(jobs as Readonly<Record<string, GitLabJob>>))
        printed.set(name, await runGitLab(machine({}, variables()), resolved(job, templates)));
      expect([...printed.keys()]).toEqual([
        'tools (amd64)',
        'images (amd64, 1 of 2)',
        'images (amd64, 2 of 2)',
        'publish',
      ]);
      for (const name of ['images (amd64, 1 of 2)', 'images (amd64, 2 of 2)'])
        expect(printed.get(name)).toMatch(/base:build-amd64 .*\[remote cache\]/);
      for (const image of ['base', 'child', 'other'])
        expect((await tagsOf(repository.registry, `team/${image}`)).length).toBeGreaterThan(0);
    });
  },
);

async function addSecondChild(rig: WorkspaceRig): Promise<void> {
  await rig.write('images/other/image.json', { ...CHILD_IMAGE, description: 'Another child' });
  await rig.must(['lock', 'other']);
}

const example = (name: string): Workflow => workflowOf(name, readFileSync(join(EXAMPLES, name), 'utf8'));

const jobIn = (workflow: Workflow, name: string) => ({
  workflow,
  place: `${workflow.file} ${name}`,
  job: workflow.jobs[name]!,
});

function planIn({ temporary }: Machine): Plan {
  const line = /^plan=(.*)$/m.exec(readFileSync(join(temporary, 'output'), 'utf8'))![1]!;
  return JSON.parse(line) as Plan;
}

const textOf = (outputs: Outputs): string => [...outputs.values()].join('\n');

const gitlab = (name: string): Pipeline => parse(readFileSync(join(EXAMPLES, name), 'utf8')) as Pipeline;

/** `extends`: keys of the job win, mappings are merged (GitLab, "CI/CD YAML syntax reference"). */
function resolved(job: GitLabJob, templates: Pipeline): GitLabJob {
  if (job.extends === undefined) return job;
  const { extends: name, ...own } = job;
  const parent = resolved(templates[name]!, templates);
  return { ...parent, ...own, variables: { ...parent.variables, ...own.variables } };
}

/** Runs a job's scripts as one, in bash, as GitLab's runner does. */
async function runGitLab(
  where: Machine,
  { variables = {}, before_script = [], script = [] }: GitLabJob,
): Promise<string> {
  mkdirSync(where.temporary, { recursive: true });
  const run = [...before_script, ...script].join('\n');
  const env = { ...where.env, ...variables, GITHUB_ACTIONS: '', GITLAB_CI: 'true' };
  const placed = { workflow: { file: 'gitlab' } as Workflow, place: 'gitlab', job: { steps: [{ run }] } };
  return textOf(await runJob(placed, { ...where, env }));
}
