/** The environment of a process. */
export type Env = Readonly<Record<string, string | undefined>>;

/** What a CI system reports about the commit it runs for. */
export interface CiFacts {
  /** Its name: "GitHub Actions". */
  readonly system: string;
  /** True for a pull or merge request: its branch is never the main branch, whatever its name. */
  readonly isRequest: boolean;
  /** Of a request: the branch that asks to be merged. */
  readonly branch?: string;
  /** Where it runs for a git tag. */
  readonly tag?: string;
  /** The commit it runs for. */
  readonly commit?: string;
}

/** Variables by meaning; of several, the first that is set counts. */
interface CiSystem {
  readonly system: string;
  /** Set in every run of the system. */
  readonly present: string;
  isRequest(env: Env): boolean;
  readonly requestBranch: readonly string[];
  readonly branch: readonly string[];
  readonly tag: readonly string[];
  readonly commit: string;
}

/** Each row from the system's own list of variables, named above it. */
const SYSTEMS: readonly CiSystem[] = [
  {
    // docs.github.com, "Variables reference": GITHUB_HEAD_REF is that of pull_request and
    // pull_request_target.
    system: 'GitHub Actions',
    present: 'GITHUB_ACTIONS',
    isRequest: (env) =>
      has(env, 'GITHUB_HEAD_REF') || (env['GITHUB_EVENT_NAME'] ?? '').startsWith('pull_request'),
    requestBranch: ['GITHUB_HEAD_REF', 'GITHUB_REF_NAME'],
    branch: ['GITHUB_REF_NAME'],
    tag: [],
    commit: 'GITHUB_SHA',
  },
  {
    // docs.gitlab.com, "Predefined CI/CD variables reference"
    system: 'GitLab CI',
    present: 'GITLAB_CI',
    isRequest: (env) => has(env, 'CI_MERGE_REQUEST_IID') || has(env, 'CI_EXTERNAL_PULL_REQUEST_IID'),
    requestBranch: ['CI_MERGE_REQUEST_SOURCE_BRANCH_NAME', 'CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME'],
    branch: ['CI_COMMIT_BRANCH'],
    tag: ['CI_COMMIT_TAG'],
    commit: 'CI_COMMIT_SHA',
  },
  {
    // jenkins.io, "Using environment variables", and the Branch API plugin: for a change BRANCH_NAME is
    // "PR-12".
    system: 'Jenkins',
    present: 'JENKINS_URL',
    isRequest: (env) => has(env, 'CHANGE_ID'),
    requestBranch: ['CHANGE_BRANCH', 'BRANCH_NAME'],
    branch: ['BRANCH_NAME'],
    tag: ['TAG_NAME'],
    commit: 'GIT_COMMIT',
  },
  {
    // learn.microsoft.com, "Use predefined variables" of Azure Pipelines; branches are refs/heads/…
    system: 'Azure Pipelines',
    present: 'TF_BUILD',
    isRequest: (env) => env['BUILD_REASON'] === 'PullRequest' || has(env, 'SYSTEM_PULLREQUEST_SOURCEBRANCH'),
    requestBranch: ['SYSTEM_PULLREQUEST_SOURCEBRANCH', 'BUILD_SOURCEBRANCH'],
    branch: ['BUILD_SOURCEBRANCH'],
    tag: [],
    commit: 'BUILD_SOURCEVERSION',
  },
  {
    // circleci.com, "Built-in environment variables": CIRCLE_PR_NUMBER is that of forks, whose branch is
    // "pull/12".
    system: 'CircleCI',
    present: 'CIRCLECI',
    isRequest: (env) => has(env, 'CIRCLE_PR_NUMBER'),
    requestBranch: ['CIRCLE_BRANCH'],
    branch: ['CIRCLE_BRANCH'],
    tag: ['CIRCLE_TAG'],
    commit: 'CIRCLE_SHA1',
  },
  {
    // buildkite.com, "Environment variables": BUILDKITE_PULL_REQUEST is a number or "false".
    system: 'Buildkite',
    present: 'BUILDKITE',
    isRequest: (env) => has(env, 'BUILDKITE_PULL_REQUEST') && env['BUILDKITE_PULL_REQUEST'] !== 'false',
    requestBranch: ['BUILDKITE_BRANCH'],
    branch: ['BUILDKITE_BRANCH'],
    tag: ['BUILDKITE_TAG'],
    commit: 'BUILDKITE_COMMIT',
  },
  {
    // support.atlassian.com, "Variables and secrets" of Bitbucket Pipelines
    system: 'Bitbucket Pipelines',
    present: 'BITBUCKET_BUILD_NUMBER',
    isRequest: (env) => has(env, 'BITBUCKET_PR_ID'),
    requestBranch: ['BITBUCKET_BRANCH'],
    branch: ['BITBUCKET_BRANCH'],
    tag: ['BITBUCKET_TAG'],
    commit: 'BITBUCKET_COMMIT',
  },
];

/** Returns what the current CI system reports, or undefined outside of known systems. */
export function ciFacts(env: Env): CiFacts | undefined {
  const found = SYSTEMS.find(({ present }) => has(env, present));
  if (!found) return undefined;
  const isRequest = found.isRequest(env);
  const name = first(env, isRequest ? found.requestBranch : found.branch);
  const tag = isRequest ? undefined : (first(env, found.tag) ?? tagOfReference(env, name));
  return {
    system: found.system,
    isRequest,
    ...(tag === undefined && name !== undefined && { branch: branchName(name) }),
    ...(tag !== undefined && { tag }),
    ...commitOf(env[found.commit]),
  };
}

/** Some systems say "HEAD" until they have looked. */
function commitOf(text = ''): Pick<CiFacts, 'commit'> {
  return /^[0-9a-f]{40,64}$/.test(text) ? { commit: text } : {};
}

/** `main` of `refs/heads/main`, the form that some systems give; a plain name as it is. */
export function branchName(reference: string): string {
  return reference.replace(/^refs\/heads\//, '');
}

/**
 * GitHub has one variable for the names of branches and tags, and one that says which; Azure a whole
 * reference.
 */
function tagOfReference(env: Env, name: string | undefined): string | undefined {
  if (env['GITHUB_REF_TYPE'] === 'tag') return name;
  return name?.startsWith('refs/tags/') ? name.slice('refs/tags/'.length) : undefined;
}

function first(env: Env, names: readonly string[]): string | undefined {
  return names.map((name) => env[name]).find((value) => value !== undefined && value !== '');
}

function has(env: Env, name: string): boolean {
  return first(env, [name]) !== undefined;
}
