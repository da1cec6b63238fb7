import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const BOOTSTRAP = resolve(__dirname, '../../../bootstrap');
const USED = [
  'bash',
  'cat',
  'cut',
  'dirname',
  'env',
  'grep',
  'mktemp',
  'rm',
  'sed',
  'sha256sum',
  'sort',
  'tail',
  'uname',
];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootstrap-test-'));
  for (const name of ['bin', 'tmp', 'node_modules']) mkdirSync(join(folder, name));
  copyFileSync(BOOTSTRAP, join(folder, 'bootstrap'));
  writeFileSync(join(folder, 'package-lock.json'), '{}');
  for (const name of USED) {
    const { stdout } = spawnSync('bash', ['-c', `command -v ${name}`], { encoding: 'utf8' });
    symlinkSync(stdout.trim(), join(folder, 'bin', name));
  }
  fake('node', `exec ${process.execPath} "$@"`);
  fake('npm', 'echo added 1000 packages');
  fake('id', 'echo 0');
  fake('sleep', 'true');
  // Packages with services are there: to keep those of a new one off would change this machine.
  for (const name of ['docker-registry', 'podman', 'ctr']) fake(name, 'true');
  fake('apt-cache', 'true');
  fake('apt-get', 'for line in {1..1000}; do echo "apt $1 $line"; done');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function fake(name: string, script: string): void {
  writeFileSync(join(folder, 'bin', name), `#!/bin/bash\n${script}\n`);
  chmodSync(join(folder, 'bin', name), 0o755);
}

/** Runs it where only the programs above are found: all other packages are missing. */
function bootstrap() {
  const env = { PATH: join(folder, 'bin'), TMPDIR: join(folder, 'tmp') };
  const { status, stdout, stderr } = spawnSync('/bin/bash', ['bootstrap'], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { status, stdout: stdout.trimEnd().split('\n'), stderr };
}

it('prints only its own few lines, and leaves nothing behind', () => {
  const { status, stdout, stderr } = bootstrap();
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toEqual([
    expect.stringMatching(/^bootstrap: installing buildah /) as string,
    'bootstrap: installing npm packages',
    'bootstrap: ready.',
  ]);
  expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
});

it('prints the end of apt’s output if it fails, and the path of all of it', () => {
  fake('apt-cache', 'true');
  fake('apt-get', 'for line in {1..1000}; do echo "apt $1 $line"; done; exit 100');
  const { status, stderr } = bootstrap();
  expect(status).toBe(1);
  expect(stderr).toContain('  apt update 1000\n');
  expect(stderr).not.toContain('apt update 900\n');
  expect(stderr).toContain('bootstrap: failed: as_root apt-get update --quiet=2');
  const [, log = ''] = /full output: (\S+)/.exec(stderr) ?? [];
  expect(readFileSync(log, 'utf8')).toContain('apt update 1\n');
});
