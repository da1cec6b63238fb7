import { describe, expect, it } from 'vitest';
import type { ProjectDefinition } from '../packages/nx/src/definition';
import { targetsOf, type Setting } from '../packages/nx/src/targets';
import { callsOf, missingScripts, mistakesOfCall, targetsOfCall } from './workflows/commands';
import { jobsOf, workflowOf, workflows, type Workflow } from './workflows/read';
import { mistakesOf, writers } from './workflows/rules';

const ALL = workflows();

describe('the workflows', () => {
  it('keep the rules of permissions, secrets, caches and time limits', () => {
    expect(jobsOf(ALL).length).toBeGreaterThan(8);
    expect(mistakesOf(ALL)).toEqual([]);
  });

  it('may write in these jobs only, of which a single one publishes images', () => {
    expect(writers(ALL)).toEqual({
      'main.yml converge': ['contents', 'packages', 'id-token'],
      'main.yml rescan': ['packages', 'id-token'],
      'nightly.yml pull-request': ['contents', 'pull-requests'],
      'nightly.yml prune': ['packages'],
      'packages.yml publish': ['contents', 'id-token'],
      'renovate-lock.yml commit': ['contents'],
    });
    const publishing = callsOf(ALL, 'image-tooling').filter(({ words }) => words[0] === 'converge');
    expect(publishing.map(({ place }) => place)).toEqual(['main.yml converge']);
  });

  it('call commands with options that the help has', () => {
    const calls = callsOf(ALL, 'image-tooling');
    expect(calls.length).toBeGreaterThan(8);
    expect(calls.flatMap(mistakesOfCall)).toEqual([]);
  });

  it('run targets that images have', () => {
    const targets = callsOf(ALL, 'nx').flatMap(targetsOfCall);
    expect(targets).toContain('scan-arm64');
    expect(targets.filter((target) => !TARGETS.has(target))).toEqual([]);
  });

  it('call scripts that exist', () => expect(missingScripts(ALL)).toEqual([]));
});

/** Of an image on both processors, in a workspace with a scan.json. */
const IMAGE: ProjectDefinition = {
  kind: 'image',
  name: 'base',
  root: 'images/base',
  platforms: ['linux/amd64', 'linux/arm64'],
  tools: [],
  hasGoSource: false,
  workspaceInputs: [],
  isStrictJson: true,
};
const SETTING: Setting = {
  implementation: ['imageTooling'],
  isSeen: () => true,
  replaced: () => [],
  isScanned: true,
  scannerImage: () => undefined,
  host: 'linux/amd64',
};
const TARGETS = new Set(Object.keys(targetsOf(IMAGE, SETTING)));

/** A workflow for pull requests in which nothing is wrong, to be changed. */
const GOOD = `
on: { pull_request: }
permissions: {}
jobs:
  test:
    runs-on: \${{ github.event.pull_request.head.repo.fork != true && vars.RUNNER || 'ubuntu-24.04' }}
    timeout-minutes: 10
    permissions: { contents: read }
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with: { persist-credentials: false }
      - run: npx image-tooling check
`;

describe('the rules', () => {
  const broken = (from: string | RegExp, to: string): Workflow => workflowOf('x.yml', GOOD.replace(from, to));

  it('accept a good workflow', () => expect(mistakesOf([workflowOf('x.yml', GOOD)])).toEqual([]));

  it.each([
    ['pull_request: }', 'pull_request_target: }', /is triggered by pull_request_target/],
    ['permissions: {}', 'permissions: read-all', /no "permissions: {}"/],
    ['@3d3c42e5aac5ba805825da76410c181273ba90b1 #', '@v7 #', /not pinned by commit/],
    ['    permissions: { contents: read }\n', '', /states no permissions/],
    ['contents: read', 'packages: write', /may write/],
    ['    timeout-minutes: 10\n', '', /timeout-minutes is undefined/],
    ['{ persist-credentials: false }', '{}', /leaves a token/],
    ['npx image-tooling check', 'echo ${{ github.head_ref }}', /an expression in run/],
    ['    steps:', '    environment: release\n    steps:', /a fork reaches an environment/],
    ['npx image-tooling check', 'x\n        env: { A: "${{ secrets.A }}" }', /a fork reaches a secret/],
    ['npx image-tooling check', 'x\n        env: { A: "${{ github.token }}" }', /a fork reaches a secret/],
    ['    steps:', '    env: { A: "${{ secrets.A }}" }\n    steps:', /a secret for all steps/],
    [/runs-on: .*/, 'runs-on: self-hosted', /a machine of ours/],
    [
      '- run: npx',
      '- uses: actions/cache@3d3c42e5aac5ba805825da76410c181273ba90b1 # v4.0.0\n      - run: npx',
      /cache/,
    ],
    ['actions/checkout', 'actions/setup-node', /setup-node may use a cache/],
  ])('refuse %j → %j', (from, to, message) => {
    expect(mistakesOf([broken(from, to)]).join('\n')).toMatch(message);
  });

  it('refuse rights on other branches than main, and without an environment', () => {
    const push = GOOD.replace('pull_request:', 'push:').replace('contents: read', 'packages: write');
    expect(mistakesOf([workflowOf('x.yml', push)])).toHaveLength(2);
  });

  it.each([
    ['npx image-tooling chekc', /no command chekc/],
    ['npx image-tooling check --fast', /no option --fast/],
    ['npx image-tooling registry prune --json', /no option --json/],
    ['npx image-tooling registry clean', /no command registry clean/],
  ])('refuse %j', (command, message) => {
    const calls = callsOf([broken('npx image-tooling check', command)], 'image-tooling');
    expect(calls.flatMap(mistakesOfCall).join('\n')).toMatch(message);
  });
});
