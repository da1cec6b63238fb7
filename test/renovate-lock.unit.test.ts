import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly permissions: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

const text = readFileSync(join(resolve(__dirname, '..'), '.github/workflows/renovate-lock.yml'), 'utf8');
const { on, permissions, jobs } = parse(text) as {
  on: object;
  permissions: object;
  jobs: Readonly<Record<'lock' | 'commit', Job>>;
};

it('locks after pushes to branches of Renovate alone, which forks can’t make', () =>
  expect(on).toEqual({ push: { branches: ['renovate/**'] } }));

it('pins actions by commit, and keeps no token in the checkout', () => {
  const steps = Object.values(jobs).flatMap((job) => job.steps);
  const uses = steps.flatMap((step) => step.uses ?? []);
  expect(uses.filter((one) => !/@[0-9a-f]{40}$/.test(one))).toEqual([]);
  const checkouts = steps.filter((step) => step.uses?.startsWith('actions/checkout@'));
  expect(checkouts.map((step) => step.with?.['persist-credentials'])).toEqual([false, false]);
});

it('gives the job that runs code of the branch no right to write, and no secret', () => {
  expect(permissions).toEqual({});
  expect(jobs.lock.permissions).toEqual({ contents: 'read' });
  expect(JSON.stringify(jobs.lock)).not.toMatch(/secrets|token/i);
  expect(jobs.commit.permissions).toEqual({ contents: 'write' });
  const programs = jobs.commit.steps.map((step) => step.run ?? '').join('\n');
  expect(programs).not.toMatch(/npm|npx|node|bootstrap|\.\//);
  expect(programs).not.toContain('${{');
});
