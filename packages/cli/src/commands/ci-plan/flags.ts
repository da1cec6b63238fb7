import { MOST_MATRIX_JOBS, type PlanLimits } from '@image-tooling/ci-plan';
import { failWith, nearest, ok, type Failure, type Result } from '@image-tooling/model';
import type { Arguments } from '../../command/arguments';

export const FORMATS = ['text', 'github', 'gitlab'] as const;
export type Format = (typeof FORMATS)[number];

/** What to plan, and how to print it. */
export interface PlanFlags {
  readonly base: string | undefined;
  readonly all: boolean;
  readonly publish: boolean;
  readonly withoutCache: boolean;
  readonly format: Format;
  /** File that a GitLab pipeline includes. */
  readonly include: string;
  /** Files of Nx with times of earlier runs. */
  readonly times: readonly string[];
  readonly limits: PlanLimits;
}

const DEFAULTS = { 'most-jobs': 20, 'start-seconds': 60, include: '.gitlab/image-tooling.yml' };

/** Returns the checked flags. Fails with `usage`, one failure for each mistake. */
export function planFlags(flags: Arguments['flags']): Result<PlanFlags> {
  const mistakes: Failure[] = [];
  const number = (name: 'most-jobs' | 'start-seconds', most: number): number => {
    const text = flags[name] ?? String(DEFAULTS[name]);
    const isValid = /^\d{1,5}$/.test(text) && Number(text) >= 3 && Number(text) <= most;
    if (!isValid) mistakes.push(wrongNumber(name, text, most));
    return Number(text);
  };
  const format = FORMATS.find((one) => one === (flags.format ?? 'text'));
  if (!format) mistakes.push(wrongFormat(flags.format ?? ''));
  if (flags['without-cache'] && flags.publish) mistakes.push(WITHOUT_RESULTS);
  if (flags.all && flags.base !== undefined) mistakes.push(TWO_RANGES);
  const limits = {
    mostJobs: number('most-jobs', MOST_MATRIX_JOBS),
    startSeconds: number('start-seconds', 3600),
  };
  if (mistakes.length > 0 || !format) return failWith(mistakes);
  return ok({
    base: flags.base,
    all: flags.all ?? false,
    publish: flags.publish ?? false,
    withoutCache: flags['without-cache'] ?? false,
    format,
    include: flags.include ?? DEFAULTS.include,
    times: (flags.times ?? '').split(',').filter((file) => file !== ''),
    limits,
  });
}

const WITHOUT_RESULTS: Failure = {
  code: 'usage',
  message: '--publish and --without-cache exclude each other: publishing needs the results of other jobs.',
  hint: 'Remove one of them. What jobs share: docs/remote-caches.md',
};

const TWO_RANGES: Failure = {
  code: 'usage',
  message: '--all and --base exclude each other.',
  hint: 'Use one of them.',
};

function wrongNumber(name: 'most-jobs' | 'start-seconds', text: string, most: number): Failure {
  return {
    code: 'usage',
    message: `--${name} is "${text}"; expected a whole number from 3 to ${most}.`,
    hint: `Write --${name}=${DEFAULTS[name]}.`,
  };
}

function wrongFormat(text: string): Failure {
  const near = nearest(text, FORMATS);
  return {
    code: 'usage',
    message: `--format is "${text}", which is not one of: ${FORMATS.join(', ')}.`,
    hint: near === undefined ? 'See: image-tooling help ci-plan' : `Did you mean --format=${near}?`,
  };
}
