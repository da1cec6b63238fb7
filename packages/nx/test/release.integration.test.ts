import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IN_ONE_PROCESS, makeWorkspace, nxJson, type Workspace } from './workspace';

/** As docs/releases.md says. */
const RELEASE = {
  groups: {
    images: {
      projects: ['tag:type:image'],
      projectsRelationship: 'independent',
      releaseTag: { pattern: '{projectName}@{version}' },
      version: {
        conventionalCommits: true,
        versionActions: '@image-tooling/nx/version-actions',
        fallbackCurrentVersionResolver: 'disk',
      },
      changelog: false,
    },
  },
  git: { commit: false, tag: false, stageChanges: false },
  changelog: { workspaceChangelog: false },
};

let workspace: Workspace;
beforeAll(async () => {
  workspace = makeWorkspace(IN_ONE_PROCESS);
  workspace.write('nx.json', { ...nxJson({ compression: 'zstd' }), release: RELEASE });
  await workspace.git('init --quiet --initial-branch=main');
  commit('feat: images');
  await workspace.git('tag k8s@1.4.0');
  workspace.write('images/k8s/image.json', { description: 'more', from: { image: 'base' }, tools: ['helm'] });
  commit('feat(k8s): less');
  const images = [
    { image: 'base', version: '1.0.0' },
    { image: 'k8s', version: '1.7.3' },
    { image: 'k8s-aws', version: '1.0.1' },
  ];
  workspace.write('versions.json', { versionsVersion: 1, images });
});
afterAll(() => workspace.remove());

function commit(message: string): void {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.invalid'];
  execFileSync('git', ['-C', workspace.root, 'add', '.']);
  execFileSync('git', ['-C', workspace.root, ...identity, 'commit', '--quiet', '-m', message]);
}

const state = (): string =>
  ['log --format=%s', 'tag', 'status --porcelain --untracked-files=no']
    .map((args) => execFileSync('git', ['-C', workspace.root, ...args.split(' ')]).toString())
    .join('---\n');

describe('nx release', () => {
  it('has the versions of image-tooling, asks once, and writes neither file, commit nor tag', async () => {
    const before = state();
    const { exitCode, output } = await workspace.nx('release --skip-publish');
    expect(output).toContain('From the history of main: 1.7.3');
    expect(output).toContain('From the history of main: 1.0.1');
    expect(exitCode).toBe(0);
    expect(workspace.calls()).toEqual(['versions --json']);
    expect(state()).toBe(before);
  });

  it('refuses a version from the command line, and says how to set one', async () => {
    const { exitCode, output } = await workspace.nx('release major --skip-publish');
    expect(exitCode).toBe(1);
    expect(output).toMatch(/git tag (\S+)@2\.0\.0 && git push origin \1@2\.0\.0/);
  });

  it('publishes by converge, after the tests of the image', async () => {
    const { exitCode } = await workspace.nx('release publish --projects=k8s');
    expect(exitCode).toBe(0);
    const calls = workspace.calls();
    expect(calls.filter((call) => call.startsWith('converge'))).toEqual(['converge k8s']);
  });

  it('does both at once', async () => {
    const before = state();
    const { output } = await workspace.nx('release --yes');
    expect(output).toContain('From the history of main: 1.7.3');
    expect(workspace.calls().filter((call) => /^(converge|versions)/.test(call))).toEqual([
      ...['converge base', 'converge k8s', 'converge k8s-aws', 'versions --json'],
    ]);
    expect(state()).toBe(before);
  });

  it('has a dry run', async () => {
    expect((await workspace.nx('release publish --dry-run --projects=k8s')).exitCode).toBe(0);
    expect(workspace.calls()).toContain('converge k8s (dry run)');
  });
});
