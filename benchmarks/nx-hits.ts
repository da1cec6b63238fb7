/**
 * `nx run-many -t build-<arch>` where all comes from Nx's cache, against the same workspace with `true` as every
 * command: with Nx's daemon, as on a desktop, and without, as in CI. Builds first what the store lacks.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inTurns, type Contestant } from './lib/measure';
import { ratio, report } from './lib/report';
import { allHits, copyWithTrue, copyWorkspace, nx } from './lib/workspace';

const ROUNDS = Number(process.argv[2] ?? 7);
/** The cached target, without what only a vendor's host has. */
const BUILD = [
  'run-many',
  '-t',
  `build-${process.arch === 'arm64' ? 'arm64' : 'amd64'}`,
  '--exclude=buildx,dagger',
];
const DAEMON = { on: { NX_DAEMON: 'true' }, off: { NX_DAEMON: 'false' } } as const;

const folder = mkdtempSync(join(tmpdir(), 'nx-hits-'));
const ours = join(folder, 'ours');
const withTrue = join(folder, 'with-true');
try {
  mkdirSync(ours);
  copyWorkspace(ours);
  copyWithTrue(ours, withTrue);
  for (const workspace of [ours, withTrue]) nx(workspace, BUILD, DAEMON.on);
  const timings = await inTurns(ROUNDS, [
    hits('true, daemon', withTrue, DAEMON.on),
    hits('build, daemon', ours, DAEMON.on),
    hits('true, no daemon', withTrue, DAEMON.off),
    hits('build, no daemon', ours, DAEMON.off),
  ]);
  report(timings, [
    { name: 'build / true, daemon', value: ratio(timings, 'build, daemon', 'true, daemon'), atMost: 1.5 },
    {
      name: 'build / true, no daemon',
      value: ratio(timings, 'build, no daemon', 'true, no daemon'),
      atMost: 1.5,
    },
  ]);
} finally {
  for (const workspace of [ours, withTrue]) nx(workspace, ['daemon', '--stop']);
  rmSync(folder, { recursive: true, force: true });
}

function hits(name: string, workspace: string, daemon: NodeJS.ProcessEnv): Contestant {
  return {
    name,
    run() {
      const output = nx(workspace, BUILD, daemon);
      if (!allHits(output)) throw new Error(`${name}: not every task was a hit\n${output}`);
    },
  };
}
