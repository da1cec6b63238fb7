/**
 * `nx run tooling-k8s:test-<arch>` after a change in the image, against a Dagger script by hand that imports
 * the image and runs the same commands, on the same engine: `_EXPERIMENTAL_DAGGER_RUNNER_HOST` names it.
 * Before each round one file of the image changes and the image is built (not measured), so that both get one
 * new layer.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inTurns } from './lib/measure';
import { runProgram } from './lib/programs';
import { ratio, report } from './lib/report';
import { copyWorkspace, nx } from './lib/workspace';

const ROUNDS = Number(process.argv[2] ?? 5);
const IMAGE = 'tooling-k8s';
const ARCH = process.arch === 'arm64' ? 'arm64' : 'amd64';
const USERS: Readonly<Record<string, string>> = { image: '1000:1000', arbitrary: '31337:31337', root: '0:0' };

interface Report {
  readonly checks: readonly { readonly command?: string; readonly as?: string }[];
}

if (!process.env['_EXPERIMENTAL_DAGGER_RUNNER_HOST'])
  throw new Error('Set _EXPERIMENTAL_DAGGER_RUNNER_HOST to a running engine.');
const folder = mkdtempSync(join(tmpdir(), 'dagger-test-'));
const workspace = join(folder, 'workspace');
const archive = join(folder, 'image.tar');
const checks = join(folder, 'checks.json');
const env = { NX_DAEMON: 'true', IMAGE_ENGINE: 'dagger' };
try {
  copyWorkspace(workspace);
  giveFiles();
  changeImage();
  nx(workspace, ['run', `${IMAGE}:test-${ARCH}`], env);
  writeFileSync(checks, JSON.stringify(commandsOfReport()));
  const timings = await inTurns(ROUNDS, [
    {
      name: 'test target',
      prepare: changeImage,
      run: () => void nx(workspace, ['run', `${IMAGE}:test-${ARCH}`], env),
    },
    {
      name: 'script by hand',
      prepare: changeImage,
      run: () =>
        void runProgram(
          [process.execPath, resolve('benchmarks', 'peers', 'dagger-script.mjs'), archive, checks],
          { cwd: folder },
        ),
    },
  ]);
  const value = ratio(timings, 'test target', 'script by hand');
  report(timings, [{ name: 'test target / script by hand', value, atMost: 1.3 }]);
} finally {
  nx(workspace, ['daemon', '--stop']);
  rmSync(folder, { recursive: true, force: true });
}

function giveFiles(): void {
  const path = join(workspace, 'images', IMAGE, 'image.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), files: 'rootfs' }));
}

/** A new layer of 20 MB, as of a tool's new version. */
function changeImage(): void {
  const share = join(workspace, 'images', IMAGE, 'rootfs', 'usr', 'local', 'share');
  mkdirSync(share, { recursive: true });
  writeFileSync(join(share, 'bump'), randomBytes(20_000_000));
  nx(workspace, ['run', `${IMAGE}:build-${ARCH}`], env);
  rmSync(archive, { force: true });
  nx(workspace, ['run', `${IMAGE}:load`, `--to=oci-archive:${archive}`], env);
  runProgram(['sync']); // Pending writes must not slow down the measurement.
}

function commandsOfReport(): { user: string | undefined; command: string }[] {
  const path = join(workspace, 'images', IMAGE, 'dist', 'report', `linux-${ARCH}`, 'report.json');
  const { checks: outcomes } = JSON.parse(readFileSync(path, 'utf8')) as Report;
  return outcomes.flatMap(({ command, as }) => (command && as ? [{ command, user: USERS[as] }] : []));
}
