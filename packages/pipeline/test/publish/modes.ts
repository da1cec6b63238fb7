import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '@image-tooling/host';
import { wholeAt } from '@image-tooling/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { WRITE, type PublishWorkspace } from './workspace';

const exec = promisify(execFile);

/** Limit for an unchanged image (issue: "under ten requests an image"). */
const FEW_REQUESTS = 10;
/** Makes opening an engine fail. */
const NO_ENGINE = { IMAGE_ENGINE: 'dagger', _EXPERIMENTAL_DAGGER_RUNNER_HOST: 'tcp://127.0.0.1:1' };

/** Of the branch feature/x. */
const SLUG = 'feature-x-217d2bf5';
const EXPIRES = '2100-01-14T00:00:00Z';

/** What the command publishes in each mode; in this order. */
export function modes(workspace: () => PublishWorkspace): void {
  beforeEach(() => workspace().proxy.forget());
  const writes = () => workspace().proxy.asked({ method: WRITE });
  const tableOf = (out: string) => workspace().seen(out.slice(out.indexOf('\nblobs') + 1));

  describe('on main', () => {
    it('publishes a parent and a child, which has the layers of the parent mounted', async () => {
      const { registry } = workspace();
      // What was tested is not tested again: no engine.
      await workspace().mustPublish(['base'], NO_ENGINE);
      expect(tableOf(await workspace().mustPublish(['child']))).toMatchSnapshot();
      const tags = ['main', `main-${await workspace().shortCommit()}`];
      for (const repository of ['team/base', 'team/child']) {
        expect(await workspace().tags(repository)).toEqual(tags);
        for (const tag of tags) expect(await wholeAt(registry, repository, tag)).toEqual([]);
      }
    });

    it('leaves a JSON report: the tested image was pushed, and what was sent was read back', async () => {
      const report = await workspace().reportOf('child');
      const sent = report.blobs.filter(({ how }) => how === 'pushed');
      const { manifest } = await workspace().read<{ manifest: string }>(
        'images/child/dist/linux-amd64/digest.json',
      );
      expect(report).toMatchObject({
        mode: { kind: 'main' },
        commit: await workspace().git('rev-parse', 'HEAD'),
        platforms: [{ platform: 'linux/amd64', manifest }],
        readBack: { blobs: sent.length, bytes: sent.reduce((sum, { size }) => sum + size, 0) },
        checkedAgain: [],
        unchanged: false,
      });
    });

    it('reads back the whole image and tests it again with --verify=full', async () => {
      const env = { IMAGE_REGISTRY: `${workspace().proxy.host}/full` };
      const out = await workspace().mustPublish(['child', '--verify=full'], env);
      expect(out).toContain('pulled again and tested: linux/amd64');
      const { blobs, readBack, checkedAgain } = await workspace().reportOf('child');
      const layers = blobs.filter(({ label }) => label !== 'config');
      expect({ checkedAgain, readBack }).toEqual({
        checkedAgain: ['linux/amd64'],
        readBack: { blobs: layers.length, bytes: layers.reduce((sum, { size }) => sum + size, 0) },
      });
    });

    it('has nothing to do if everything is there: few requests, no write, no engine', async () => {
      const out = await workspace().mustPublish(['child'], NO_ENGINE);
      expect(out).toContain('nothing to do, everything is there');
      expect(workspace().proxy.requests.length).toBeLessThan(FEW_REQUESTS);
      expect(writes()).toEqual([]);
      expect((await workspace().reportOf('child')).unchanged).toBe(true);
    });
  });

  it('publishes an image of its branch for a pull request on GitHub, with a summary for its page', async () => {
    const summary = join(workspace().rig.folder, 'dist', 'summary.md');
    await workspace().rig.write('dist/summary.md', 'What another step wrote\n');
    await workspace().mustPublish(['child'], {
      GITHUB_ACTIONS: 'true',
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_REF_NAME: '12/merge',
      GITHUB_HEAD_REF: 'feature/x',
      GITHUB_SHA: '0123456789'.repeat(4),
      GITHUB_STEP_SUMMARY: summary,
    });
    expect(workspace().seen(await readFile(summary, 'utf8'))).toMatchSnapshot();
    const tags = [`branch-${SLUG}`, `branch-${SLUG}-${await workspace().shortCommit()}`];
    expect(await workspace().tags('team/child')).toEqual(expect.arrayContaining(tags));
    const { mode, expires } = await workspace().reportOf('child');
    expect(mode).toEqual({ kind: 'branch', branch: 'feature/x', slug: SLUG });
    expect(expires).toBe(EXPIRES);
  });

  it('records the expiry of a branch image, as skopeo shows', async (context) => {
    if ((await findProgram('skopeo')) === undefined) return context.skip('no skopeo on this machine');
    const index = JSON.parse(await inspected(`branch-${SLUG}`)) as { annotations: object };
    expect(index.annotations).toEqual({
      'org.opencontainers.image.title': 'child',
      'org.opencontainers.image.description': 'A child for tests',
      'image-tooling.expires': EXPIRES,
    });
    return undefined;
  });

  async function inspected(tag: string): Promise<string> {
    const image = `docker://${workspace().registry.host}/team/child:${tag}`;
    return (await exec('skopeo', ['inspect', '--raw', '--tls-verify=false', image])).stdout;
  }

  describe('a release', () => {
    it('has four tags, and sends no blob after main was published', async () => {
      expect(tagsIn(await workspace().mustPublish(['child', '--release=1.2.3']))).toMatchSnapshot();
      expect(await workspace().tags('team/child')).toEqual(
        expect.arrayContaining(['1', '1.2', '1.2.3', 'latest', 'main']),
      );
      expect(workspace().proxy.asked({ method: WRITE, path: /blobs/ })).toEqual([]);
    });

    it('is published once, also in a second run', async () => {
      const env = { ...NO_ENGINE, IMAGE_RELEASE_VERSION: '1.2.3' };
      expect(await workspace().mustPublish(['child'], env)).toContain('nothing to do, everything is there');
      expect(writes()).toEqual([]);
    });

    const tagsIn = (out: string) => workspace().seen(out.slice(out.indexOf('\ntags') + 1));
  });

  it('shows everything that it would write, and writes nothing', async () => {
    const env = { ...NO_ENGINE, IMAGE_REGISTRY: `${workspace().proxy.host}/dry` };
    const out = await workspace().mustPublish(['child', '--release=1.2.3', '--dry-run'], env);
    expect(writes()).toEqual([]);
    expect(await workspace().tags('dry/child')).toEqual([]);
    const [requests = '', table = ''] = out.slice(out.search(/^(GET|HEAD)/m)).split('\n\n');
    // Blobs are pushed in parallel, in any order.
    expect(workspace().seen(requests).split('\n').sort()).toMatchSnapshot();
    expect(workspace().seen(table)).toMatchSnapshot();
  });
}
