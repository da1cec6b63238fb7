import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestHost } from './host';

let host: TestHost;

beforeEach(() => (host = new TestHost()));
afterEach(() => host.remove());

/** What Nx prints for an image on one processor with a tool that is compiled. */
const GRAPH = {
  graph: {
    nodes: {
      k8s: { data: { tags: ['type:image'] } },
      kubectl: { data: { tags: ['type:tool'] } },
      docs: { data: { tags: [] } },
    },
  },
  tasks: {
    tasks: Object.fromEntries(
      ['k8s:build-amd64', 'k8s:test-amd64', 'k8s:publish', 'kubectl:build-amd64', 'docs:test-amd64'].map(
        (id) => {
          const [project, target] = id.split(':');
          return [id, { target: { project, target } }];
        },
      ),
    ),
    dependencies: {
      'k8s:build-amd64': ['kubectl:build-amd64'],
      'k8s:test-amd64': ['k8s:build-amd64'],
      'k8s:publish': ['k8s:test-amd64'],
    },
  },
};

describe('ci-plan', () => {
  it('divides the affected tasks of images and tools', async () => {
    nx(`cat ${host.folder}/graph.json`);
    host.write('graph.json', GRAPH);
    const { exitCode, stdout, stderr } = await host.run('ci-plan', '--base=v1', '--publish');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatchInlineSnapshot(`
      "2 jobs, about 6 minutes (no plan takes less than 6 minutes)
        images (amd64)  build-amd64,test-amd64 of k8s,kubectl  4 minutes
        publish         publish of k8s                              10 s
      "
    `);
  });

  it.each([
    [
      ['--base=v1', '--publish'],
      'affected --base=v1 -t test-amd64,scan-amd64,test-arm64,scan-arm64,publish --graph=stdout',
    ],
    [['--all'], 'run-many -t test-amd64,scan-amd64,test-arm64,scan-arm64 --graph=stdout'],
  ])('asks Nx for %j', async (flags, asked) => {
    nx(`echo "$@" > ${host.folder}/asked; cat ${host.folder}/graph.json`);
    host.write('graph.json', GRAPH);
    const { stdout } = await host.run('ci-plan', ...flags, '--format=github');
    expect(readFileSync(join(host.folder, 'asked'), 'utf8').trim()).toBe(asked);
    expect(stdout).not.toContain('docs');
  });

  it('uses the times of earlier runs', async () => {
    nx(`cat ${host.folder}/graph.json`);
    host.write('graph.json', GRAPH);
    const run = (taskId: string, cacheStatus: string) => ({
      ...{ taskId, cacheStatus, status: 0 },
      ...{ startTime: '2026-01-01T00:00:00.000Z', endTime: '2026-01-01T00:00:07.000Z' },
    });
    host.write('run.json', {
      tasks: [run('kubectl:build-amd64', 'cache-miss'), run('k8s:build-amd64', 'local-cache-hit')],
    });
    const { stdout } = await host.run('ci-plan', '--times=run.json,missing.json', '--format=github');
    expect(JSON.parse(stdout)).toMatchObject({ images: [{ seconds: 7 + 20 + 10 }] });
  });

  it('writes a pipeline of GitLab', async () => {
    nx(`cat ${host.folder}/graph.json`);
    host.write('graph.json', GRAPH);
    const { stdout } = await host.run('ci-plan', '--publish', '--format=gitlab', '--include=ci/jobs.yml');
    expect(JSON.parse(stdout)).toEqual({
      workflow: { rules: [{ when: 'always' }] },
      include: [{ local: 'ci/jobs.yml' }],
      stages: ['images', 'publish'],
      'images (amd64)': {
        stage: 'images',
        extends: '.image-tooling-amd64',
        script: ['npx nx run-many -t build-amd64,test-amd64 -p k8s,kubectl --outputStyle=stream'],
      },
      publish: {
        stage: 'publish',
        extends: '.image-tooling',
        script: ['npx nx run-many -t publish -p k8s --outputStyle=stream'],
      },
    });
  });

  it('writes a pipeline of GitLab with a job if nothing is affected, since GitLab refuses one without', async () => {
    nx(`cat ${host.folder}/graph.json`);
    host.write('graph.json', { graph: { nodes: {} }, tasks: { tasks: {}, dependencies: {} } });
    const { stdout } = await host.run('ci-plan', '--format=gitlab');
    expect(JSON.parse(stdout)).toMatchObject({
      stages: ['images'],
      'nothing to do': { stage: 'images', script: ['echo "No image is affected."'] },
    });
  });

  it('says what Nx says if it fails', async () => {
    nx('echo "no such commit v1" >&2; exit 1');
    const { exitCode, stderr } = await host.run('ci-plan', '--base=v1');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('no such commit v1');
  });

  it('needs Nx', async () => {
    const { exitCode, stderr } = await host.run('ci-plan');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('node_modules/.bin/nx does not exist');
  });

  it('reports all mistakes of its flags', async () => {
    const { exitCode, stderr } = await host.run(
      ...['ci-plan', '--format=githab', '--most-jobs=2', '--start-seconds=x'],
      ...['--publish', '--without-cache', '--all', '--base=v1'],
    );
    expect(exitCode).toBe(1);
    expect(stderr).toMatchSnapshot();
  });
});

function nx(script: string): void {
  host.script('node_modules/.bin/nx', script);
}
