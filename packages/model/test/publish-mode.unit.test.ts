import { describe, expect, it } from 'vitest';
import { publishMode, type GitFacts, type ModeInput } from '../src';
import { shown, valueOf } from './definitions-fixtures';

const GIT: GitFacts = { commit: { id: 'c'.repeat(40), time: 1_700_000_000 }, uncommitted: [] };

function input(rest: Partial<ModeInput> = {}): ModeInput {
  return { env: {}, git: { ...GIT, branch: 'main' }, mainBranch: 'main', image: 'k8s', ...rest };
}

const kinds = (rest: Partial<ModeInput>) => {
  const mode = valueOf(publishMode(input(rest)));
  return mode.kind === 'branch' ? `branch ${mode.branch}` : mode.kind;
};

const GITHUB = { GITHUB_ACTIONS: 'true', GITHUB_REF_TYPE: 'branch' };

describe('the branch', () => {
  it.each<[string, Partial<ModeInput>, string]>([
    ['git, on the main branch', {}, 'main'],
    ['git, on another', { git: { ...GIT, branch: 'feature/x' } }, 'branch feature/x'],
    ['git, with another name of the main branch', { mainBranch: 'trunk' }, 'branch main'],
    ['the flag over git', { branch: 'topic' }, 'branch topic'],
    ['the flag as a whole reference', { git: GIT, branch: 'refs/heads/main' }, 'main'],
    ['the flag over CI', { env: { ...GITHUB, GITHUB_REF_NAME: 'main' }, branch: 'topic' }, 'branch topic'],
    [
      'IMAGE_BRANCH over CI',
      { env: { ...GITHUB, GITHUB_REF_NAME: 'main', IMAGE_BRANCH: 'topic' } },
      'branch topic',
    ],
    ['the flag over IMAGE_BRANCH', { env: { IMAGE_BRANCH: 'other' }, branch: 'topic' }, 'branch topic'],
    ['git where IMAGE_BRANCH is empty', { env: { IMAGE_BRANCH: '' } }, 'main'],
    ['CI over git', { env: { ...GITHUB, GITHUB_REF_NAME: 'topic' } }, 'branch topic'],
    ['git if CI has no branch', { env: { GITLAB_CI: 'true', CI_COMMIT_BRANCH: '' } }, 'main'],
    [
      'no system whose own variable is missing',
      { env: { GITHUB_REF_NAME: 'topic', CI_COMMIT_BRANCH: 'topic', BRANCH_NAME: 'topic' } },
      'main',
    ],
  ])('is taken from %s', (_, rest, expected) => {
    expect(kinds(rest)).toBe(expected);
  });

  it.each<[string, Record<string, string>]>([
    ['GitHub Actions', { ...GITHUB, GITHUB_REF_NAME: '$' }],
    ['GitLab CI', { GITLAB_CI: 'true', CI_COMMIT_BRANCH: '$' }],
    ['Jenkins', { JENKINS_URL: 'https://ci.invalid', BRANCH_NAME: '$' }],
    [
      'Azure Pipelines',
      { TF_BUILD: 'True', BUILD_REASON: 'IndividualCI', BUILD_SOURCEBRANCH: 'refs/heads/$' },
    ],
    ['CircleCI', { CIRCLECI: 'true', CIRCLE_BRANCH: '$' }],
    ['Buildkite', { BUILDKITE: 'true', BUILDKITE_PULL_REQUEST: 'false', BUILDKITE_BRANCH: '$' }],
    ['Bitbucket Pipelines', { BITBUCKET_BUILD_NUMBER: '7', BITBUCKET_BRANCH: '$' }],
  ])('is read from %s', (_, env) => {
    const on = (branch: string) =>
      Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.replace('$', branch)]));
    expect(kinds({ git: GIT, env: on('main') })).toBe('main');
    expect(kinds({ git: GIT, env: on('feature/x') })).toBe('branch feature/x');
  });
});

const REQUESTS: [string, Record<string, string>][] = [
  [
    'GitHub Actions',
    {
      ...GITHUB,
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_HEAD_REF: 'main',
      GITHUB_REF_NAME: '12/merge',
    },
  ],
  [
    'GitHub Actions, on the target',
    {
      ...GITHUB,
      GITHUB_EVENT_NAME: 'pull_request_target',
      GITHUB_HEAD_REF: 'main',
      GITHUB_REF_NAME: 'main',
    },
  ],
  [
    'GitHub Actions, a review',
    { ...GITHUB, GITHUB_EVENT_NAME: 'pull_request_review', GITHUB_REF_NAME: 'main' },
  ],
  [
    'GitLab CI',
    { GITLAB_CI: 'true', CI_MERGE_REQUEST_IID: '3', CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'main' },
  ],
  [
    'GitLab CI, for GitHub',
    {
      GITLAB_CI: 'true',
      CI_EXTERNAL_PULL_REQUEST_IID: '3',
      CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME: 'main',
      CI_COMMIT_BRANCH: 'main',
    },
  ],
  [
    'Jenkins',
    { JENKINS_URL: 'https://ci.invalid', CHANGE_ID: '12', CHANGE_BRANCH: 'main', BRANCH_NAME: 'PR-12' },
  ],
  [
    'Azure Pipelines',
    {
      TF_BUILD: 'True',
      BUILD_REASON: 'PullRequest',
      SYSTEM_PULLREQUEST_SOURCEBRANCH: 'refs/heads/main',
      BUILD_SOURCEBRANCH: 'refs/pull/12/merge',
    },
  ],
  ['CircleCI', { CIRCLECI: 'true', CIRCLE_PR_NUMBER: '12', CIRCLE_BRANCH: 'main' }],
  ['Buildkite', { BUILDKITE: 'true', BUILDKITE_PULL_REQUEST: '12', BUILDKITE_BRANCH: 'main' }],
  ['Bitbucket Pipelines', { BITBUCKET_BUILD_NUMBER: '7', BITBUCKET_PR_ID: '12', BITBUCKET_BRANCH: 'main' }],
];

describe('a pull request of a branch that is called main', () => {
  it.each(REQUESTS)('is a branch image: %s', (_, env) => {
    expect(kinds({ git: { ...GIT, branch: 'main' }, env })).toBe('branch main');
    expect(kinds({ git: GIT, env, branch: 'main' })).toBe('branch main');
  });

  it.each(REQUESTS)('is never released: %s', (_, env) => {
    expect(publishMode(input({ env, branch: 'main', version: '1.2.3' }))).toMatchObject({
      ok: false,
      failures: [{ code: 'not-publishable' }],
    });
  });

  it('has a tag that is not main', () => {
    const [, env] = REQUESTS[0] as (typeof REQUESTS)[0];
    expect(valueOf(publishMode(input({ env })))).toEqual({ kind: 'branch', branch: 'main', slug: 'main' });
  });
});

describe('a run for the main branch with another commit checked out', () => {
  const env = {
    ...GITHUB,
    GITHUB_EVENT_NAME: 'workflow_run',
    GITHUB_REF_NAME: 'main',
    GITHUB_SHA: 'd'.repeat(40),
  };

  it('is refused', () => {
    expect(shown(publishMode(input({ git: GIT, env })))).toMatchInlineSnapshot(`
      "error: GitHub Actions runs for main at a commit that is not checked out. (not-publishable)
        GitHub Actions:  dddddddddddddddddddddddddddddddddddddddd
        checked out: cccccccccccccccccccccccccccccccccccccccc
        help: Check out the commit that GitHub Actions names, or set IMAGE_BRANCH and run: npx nx run k8s:publish"
    `);
  });

  it('is accepted if the branch is given, and if the commit is the same', () => {
    expect(kinds({ git: GIT, env, branch: 'topic' })).toBe('branch topic');
    expect(kinds({ git: GIT, env: { ...env, GITHUB_SHA: GIT.commit.id } })).toBe('main');
    const unlooked = { BUILDKITE: 'true', BUILDKITE_BRANCH: 'main', BUILDKITE_COMMIT: 'HEAD' };
    expect(kinds({ git: GIT, env: unlooked })).toBe('main');
  });
});

describe('no branch', () => {
  it.each<[string, Partial<ModeInput>]>([
    ['a detached HEAD', { git: GIT }],
    ['git’s answer for one', { git: GIT, branch: 'HEAD' }],
    ['an empty flag', { branch: '' }],
    [
      'a git tag on GitHub',
      { git: GIT, env: { ...GITHUB, GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'k8s@1.2.3' } },
    ],
    ['a git tag on GitLab', { git: GIT, env: { GITLAB_CI: 'true', CI_COMMIT_TAG: 'k8s@1.2.3' } }],
    [
      'a git tag on Azure',
      { git: GIT, env: { TF_BUILD: 'True', BUILD_SOURCEBRANCH: 'refs/tags/k8s@1.2.3' } },
    ],
    [
      'a git tag on Buildkite',
      { git: GIT, env: { BUILDKITE: 'true', BUILDKITE_TAG: 'main', BUILDKITE_BRANCH: 'main' } },
    ],
  ])('is known: %s', (_, rest) => {
    for (const version of [undefined, '1.2.3'])
      expect(publishMode(input({ ...rest, version }))).toMatchObject({
        ok: false,
        failures: [{ code: 'usage', hint: expect.stringContaining('--release=<x.y.z>') as string }],
      });
  });

  it('is reported with what to pass', () => {
    const tag = { ...GITHUB, GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'k8s@1.2.3' };
    expect(shown(publishMode(input({ git: GIT, env: tag })))).toMatchInlineSnapshot(`
      "error: The branch to publish k8s for is unknown: GitHub Actions runs for the git tag k8s@1.2.3. (usage)
        help: Set IMAGE_BRANCH to its name and run: npx nx run k8s:publish; a release adds --release=<x.y.z> on the main branch."
    `);
    expect(shown(publishMode(input({ git: GIT, version: 'one' })))).toMatchInlineSnapshot(`
      "error: "one" (--release) is not a valid image version. (usage)
        help: Write a SemVer 2.0 version: 1.2.3, or 1.2.3-rc.1.

      error: The branch to publish k8s for is unknown: no branch is checked out. (usage)
        help: Set IMAGE_BRANCH to its name and run: npx nx run k8s:publish; a release adds --release=<x.y.z> on the main branch.

      2 errors"
    `);
  });

  it('is no error if it is given', () => {
    expect(kinds({ git: GIT, branch: 'main', version: '1.2.3' })).toBe('release');
  });
});

describe('a version', () => {
  it('makes a release of the main branch, from the flag before the environment', () => {
    const env = { IMAGE_RELEASE_VERSION: '1.2.3' };
    expect(valueOf(publishMode(input({ env })))).toEqual({ kind: 'release', version: '1.2.3' });
    expect(valueOf(publishMode(input({ env, version: '2.0.0-rc.1' })))).toEqual({
      kind: 'release',
      version: '2.0.0-rc.1',
    });
    expect(kinds({ env: { IMAGE_RELEASE_VERSION: '' } })).toBe('main');
  });

  it('is refused on any other branch', () => {
    expect(shown(publishMode(input({ branch: 'feature/x', version: '1.2.3' })))).toMatchInlineSnapshot(`
      "error: k8s 1.2.3 can be released on the branch main only; this is the branch feature/x (--branch). (not-publishable)
        help: Merge it, and release from main; without --release this branch's own image is published."
    `);
  });

  it.each([
    '',
    'v1.2.3',
    '1.2',
    '1.2.3.4',
    ' 1.2.3',
    '01.2.3',
    '1.2.3-01',
    '1.2.3+7',
    '1.2.3-rc.1+7',
    'latest',
  ])('is SemVer 2.0 without "v" and build metadata, not "%s"', (version) => {
    expect(publishMode(input({ version }))).toMatchObject({ ok: false, failures: [{ code: 'usage' }] });
  });

  it('is refused with a suggestion', () => {
    const failures = ['v1.2.3', '1.2.3-rc.1+7', '1.2', `1.2.3-${'a'.repeat(130)}`];
    expect(
      failures.map((version) => shown(publishMode(input({ version }))).replace(/a{50,}/, 'a…')).join('\n\n'),
    ).toMatchInlineSnapshot(`
      "error: "v1.2.3" (--release) is not a valid image version: remove the "v" and spaces around it. (usage)
        help: Write a SemVer 2.0 version: 1.2.3.

      error: "1.2.3-rc.1+7" (--release) is not a valid image version: tags can't contain "+". (usage)
        help: Write a SemVer 2.0 version: 1.2.3-rc.1.

      error: "1.2" (--release) is not a valid image version. (usage)
        help: Write a SemVer 2.0 version: 1.2.3, or 1.2.3-rc.1.

      error: "1.2.3-a…" (--release) is not a valid image version: a tag has at most 128 characters. (usage)
        help: Write a SemVer 2.0 version: 1.2.3, or 1.2.3-rc.1."
    `);
  });
});
