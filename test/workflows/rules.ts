import { jobsOf, stepsOf, type Job, type Step, type Workflow } from './read';

/** In an `if`, keeps pull requests of forks away. */
const OWN_BRANCH = 'github.event.pull_request.head.repo.full_name == github.repository';
const MAIN_ONLY = "github.ref == 'refs/heads/main'";
/** Triggers that give code of others the rights of this repository (GitHub, "Secure use reference"). */
const UNSAFE_TRIGGERS = ['pull_request_target', 'workflow_run', 'issue_comment', 'issues', 'discussion'];
/** Jobs that may write on other branches than main: they run no code of the branch and write its locks only. */
const WRITES_LOCKS = ['renovate-lock.yml commit'];
/** More than any job of ours needs; GitHub's own limit is 360. */
const MOST_MINUTES = 240;

/** Returns what is wrong with workflows, one line for each mistake. */
export function mistakesOf(all: readonly Workflow[]): string[] {
  return [
    ...all.flatMap(triggerMistakes),
    ...all.flatMap(unpinnedActions),
    ...differentPins(all),
    ...jobsOf(all).flatMap(({ place, job, workflow }) => [
      ...jobMistakes(place, job, workflow),
      ...(runsForForks(workflow) ? forkMistakes(place, job, workflow) : privilegeMistakes(place, job)),
    ]),
    ...stepsOf(all).flatMap(({ place, step }) => stepMistakes(place, step)),
  ];
}

/** Returns the permissions to write, by job. */
export function writers(all: readonly Workflow[]): Record<string, string[]> {
  return Object.fromEntries(
    jobsOf(all).flatMap(({ place, job }) => {
      const written = writtenBy(job);
      return written.length > 0 ? [[place, written]] : [];
    }),
  );
}

const writtenBy = (job: Job): string[] =>
  Object.entries(job.permissions ?? {}).flatMap(([name, right]) => (right === 'write' ? [name] : []));

const runsForForks = ({ on }: Workflow): boolean => 'pull_request' in on;

function triggerMistakes({ file, on, permissions }: Workflow): string[] {
  const unsafe = UNSAFE_TRIGGERS.filter((name) => name in on);
  const isEmpty = JSON.stringify(permissions) === '{}';
  return [
    ...unsafe.map((name) => `${file}: is triggered by ${name}`),
    ...(isEmpty ? [] : [`${file}: has no "permissions: {}" at its top`]),
  ];
}

function unpinnedActions({ file, text }: Workflow): string[] {
  const lines = text.split('\n').filter((line) => /^\s*(- )?uses:/.test(line));
  const isPinned = (line: string): boolean => /uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line);
  return lines.filter((line) => !isPinned(line)).map((line) => `${file}: not pinned by commit:${line}`);
}

/** A single commit and a single comment for each action. */
function differentPins(all: readonly Workflow[]): string[] {
  const pins = new Set(
    all.flatMap(({ text }) => [...text.matchAll(/uses: (\S+@\S+ # \S+)/g)].map(([, pin]) => pin!)),
  );
  const names = [...pins].map((pin) => pin.split('@')[0]!);
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...twice].map((name) => `${name}: pinned to several commits`);
}

function jobMistakes(place: string, job: Job, { env }: Workflow): string[] {
  const minutes = job['timeout-minutes'];
  return [
    ...(job.permissions === undefined ? [`${place}: states no permissions`] : []),
    ...(minutes === undefined || minutes > MOST_MINUTES ? [`${place}: timeout-minutes is ${minutes}`] : []),
    ...(mentionsSecret({ ...env, ...job.env }) ? [`${place}: a secret for all steps; give it to one`] : []),
    ...(job.uses === undefined ? [] : [`${place}: calls another workflow, which these rules don't read`]),
  ];
}

const mentionsSecret = (value: unknown): boolean =>
  /\bsecrets\b|\bgithub\.token\b/.test(JSON.stringify(value ?? {}));

/** A job that a fork's pull request starts has no secret, no right to write, and runs on a machine of GitHub's. */
function forkMistakes(place: string, job: Job, workflow: Workflow): string[] {
  if (writtenBy(job).length > 0) return [`${place}: may write, and branches can change it`];
  if (JSON.stringify(workflow.env ?? {}).includes('secrets'))
    return [`${place}: secrets in the workflow's env`];
  if (isConjunct(job.if, OWN_BRANCH)) return [];
  const isHosted = String(job['runs-on']).startsWith(
    '${{ github.event.pull_request.head.repo.fork != true && ',
  );
  return [
    ...(job.environment === undefined ? [] : [`${place}: a fork reaches an environment`]),
    ...(mentionsSecret(job) ? [`${place}: a fork reaches a secret`] : []),
    ...(isHosted ? [] : [`${place}: a fork's code may run on a machine of ours`]),
  ];
}

/** Rights and secrets are for commits of main, in an environment. */
function privilegeMistakes(place: string, job: Job): string[] {
  if (WRITES_LOCKS.includes(place) || (writtenBy(job).length === 0 && !mentionsSecret(job))) return [];
  const isMain = isConjunct(job.if, MAIN_ONLY) || isNeeded(job);
  return [
    ...(job.environment === undefined ? [`${place}: has secrets or rights, and no environment`] : []),
    ...(isMain ? [] : [`${place}: has secrets or rights on other branches than main`]),
  ];
}

/** A job without an `if` is skipped if one that it needs is. */
const isNeeded = (job: Job): boolean => job.if === undefined && job.needs !== undefined;

/** Whether an `if` is a chain of && with this condition. */
function isConjunct(condition: string | undefined, wanted: string): boolean {
  const text = (condition ?? '').replace(/^\$\{\{|\}\}$/g, '');
  return !text.includes('||') && text.split('&&').some((part) => part.trim() === wanted);
}

function stepMistakes(place: string, { uses = '', run, with: inputs = {} }: Step): string[] {
  const name = uses.split('@')[0] ?? '';
  const isCache = /^actions\/cache(\/|$)/.test(name) || 'cache' in inputs;
  return [
    ...(run?.includes('${{') ? [`${place}: an expression in run: ${run.trim()}`] : []),
    ...(isCache ? [`${place}: uses a cache that all branches share`] : []),
    ...(name === 'actions/checkout' && inputs['persist-credentials'] !== false
      ? [`${place}: checkout leaves a token in .git/config`]
      : []),
    ...(name === 'actions/setup-node' && inputs['package-manager-cache'] !== false
      ? [`${place}: setup-node may use a cache`]
      : []),
  ];
}
