import { expect, it } from 'vitest';
import { workflows } from './workflows/read';

// Pinned actions, tokens in checkouts and expressions: workflows.unit.test.ts, as for all workflows.
const { on, permissions, jobs } = workflows().find(({ file }) => file === 'renovate-lock.yml')!;
const [lock, commit] = [jobs['lock']!, jobs['commit']!];

it('locks after pushes to branches of Renovate alone, which forks can’t make', () =>
  expect(on).toEqual({ push: { branches: ['renovate/**'] } }));

it('gives the job that runs code of the branch no right to write, and no secret', () => {
  expect(permissions).toEqual({});
  expect(lock.permissions).toEqual({ contents: 'read' });
  expect(JSON.stringify(lock)).not.toMatch(/secrets|token/i);
  expect(commit.permissions).toEqual({ contents: 'write' });
  const programs = (commit.steps ?? []).map((step) => step.run ?? '').join('\n');
  expect(programs).not.toMatch(/npm|npx|node|bootstrap|\.\//);
  expect(programs).not.toContain('${{');
});
