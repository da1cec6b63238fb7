/**
 * `--skip-nx-cache` with a warm store against a hit in Nx's cache: one task, which the limit is for, and the
 * whole chain below tooling-k8s-aws. Builds first what the store lacks.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inTurns, type Contestant } from './lib/measure';
import { difference, report } from './lib/report';
import { copyWorkspace, nx } from './lib/workspace';

const ROUNDS = Number(process.argv[2] ?? 5);
const ONE = 'base:build-amd64';
const CHAIN = 'tooling-k8s-aws:build-amd64';

const folder = mkdtempSync(join(tmpdir(), 'skip-cache-'));
const workspace = join(folder, 'workspace');
const env = { NX_DAEMON: 'true' };
try {
  copyWorkspace(workspace);
  nx(workspace, ['run', CHAIN], env);
  const timings = await inTurns(ROUNDS, [
    runOf('one task, hit', ONE),
    runOf('one task, --skip-nx-cache', ONE, '--skip-nx-cache'),
    runOf('chain, hits', CHAIN),
    runOf('chain, --skip-nx-cache', CHAIN, '--skip-nx-cache'),
  ]);
  const more = difference(timings, 'one task, --skip-nx-cache', 'one task, hit');
  report(timings, [{ name: 'one task: more than a hit', value: more, atMost: 0.5, unit: ' s' }]);
} finally {
  nx(workspace, ['daemon', '--stop']);
  rmSync(folder, { recursive: true, force: true });
}

function runOf(name: string, task: string, ...flags: string[]): Contestant {
  return { name, run: () => void nx(workspace, ['run', task, ...flags], env) };
}
