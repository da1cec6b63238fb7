import { spawn, spawnSync } from 'node:child_process';
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
import { readFile } from 'node:fs/promises';
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
/** Process group of a bootstrap that is interrupted. */
let group: number | undefined;
beforeEach(() => {
  group = undefined;
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
  fake('dpkg', 'true');
  fake('apt-get', 'for line in {1..1000}; do echo "apt $1 $line"; done');
});
afterEach(() => {
  if (group !== undefined) spawnSync('kill', ['-KILL', '--', `-${group}`]);
  rmSync(folder, { recursive: true, force: true });
});

function fake(name: string, script: string): void {
  writeFileSync(join(folder, 'bin', name), `#!/bin/bash\n${script}\n`);
  chmodSync(join(folder, 'bin', name), 0o755);
}

const environment = () => ({ PATH: join(folder, 'bin'), TMPDIR: join(folder, 'tmp') });

/** Runs it where only the programs above are found: all other packages are missing. */
function bootstrap() {
  const options = { cwd: folder, env: environment(), encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync('/bin/bash', ['bootstrap'], options);
  return { status, stdout: stdout.trimEnd().split('\n'), stderr };
}

/** Runs it in a process group of its own, and sends that Ctrl-C's signal when a program writes to `started`. */
async function interruptedBootstrap() {
  const started = join(folder, 'started');
  spawnSync('mkfifo', [started]);
  const child = spawn('/bin/bash', ['bootstrap'], { cwd: folder, env: environment(), detached: true });
  group = child.pid;
  let output = '';
  child.stdout.on('data', (part: Buffer) => (output += part.toString()));
  child.stderr.on('data', (part: Buffer) => (output += part.toString()));
  const closed = new Promise<number | null>((done) => child.on('close', done));
  await Promise.race([readFile(started), closed]);
  spawnSync('kill', ['-INT', '--', `-${group}`]);
  return { status: await closed, output };
}

/** Imitates a machine that has every command that bootstrap looks for. */
function installAll(): void {
  const needs = readFileSync(BOOTSTRAP, 'utf8').match(/^readonly (?:BUILD|TEST)_NEEDS='[^']*'/gm) ?? [];
  const commands = needs.flatMap((need) =>
    [...need.matchAll(/([\w-]+):/g)].map(([, command = '']) => command),
  );
  for (const command of commands.filter((command) => !USED.includes(command))) fake(command, 'true');
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

it.each(['update', 'install'])(
  'prints the end of apt’s output if its %s fails, and the path of all of it',
  (step) => {
    fake('apt-get', `for line in {1..1000}; do echo "apt $1 $line"; done; [ $1 != ${step} ]`);
    const { status, stderr } = bootstrap();
    expect(status).toBe(1);
    expect(stderr).toContain(`  apt ${step} 961\n`);
    expect(stderr).toContain(`  apt ${step} 1000\n`);
    expect(stderr).not.toContain(`apt ${step} 960\n`);
    expect(stderr).toMatch(new RegExp(`^bootstrap: failed: (?:env .*)?apt-get ${step} --quiet=2`, 'm'));
    const [, log = ''] = /full output: (\S+)/.exec(stderr) ?? [];
    expect(readFileSync(log, 'utf8')).toContain(`apt ${step} 1\n`);
  },
);

it('starts neither apt nor npm if nothing is missing', () => {
  installAll();
  for (const name of ['apt-get', 'dpkg', 'npm']) fake(name, `echo ${name} >>${join(folder, 'calls')}`);
  expect(bootstrap().stdout).toEqual(['bootstrap: installing npm packages', 'bootstrap: ready.']);
  expect(bootstrap()).toEqual({ status: 0, stdout: ['bootstrap: ready.'], stderr: '' });
  expect(readFileSync(join(folder, 'calls'), 'utf8')).toBe('npm\n');
});

it.each(['apt-get', 'npm'])(
  'stops at Ctrl-C, which %s handles, and leaves nothing behind',
  async (program) => {
    // As npm and apt do, it ends with an error rather than by the signal.
    const wait = `echo >${join(folder, 'started')}; exec tail -f /dev/null`;
    fake(program, `trap 'exit 100' INT; bash -c '${wait}'; exit 1`);
    const { status, output } = await interruptedBootstrap();
    expect(status).toBe(130);
    expect(output).toMatch(/^bootstrap: stopped\. Run \.\/bootstrap again to go on\.\n$/m);
    expect(output).not.toContain('retrying');
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  },
);
