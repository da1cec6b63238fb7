import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import {
  callReal,
  commandLine,
  expectExitCodes,
  expectPipes,
  expectRefusals,
  expectSignals,
  expectTerminals,
  expectToRunAsYou,
  folderOf,
  writeAs,
} from './behaviour';
import { describeEngines } from './each-engine';
import type { RealEngine } from './real-engines';
import { scriptFor, signalled } from './rig';

const ALL_CODES = Array.from({ length: 256 }, (_, code) => code);
/** Those that shells and engines use themselves, and neighbours. */
const SPECIAL_CODES = [0, 1, 2, 124, 125, 126, 127, 128, 129, 130, 137, 143, 254, 255];

describeEngines((check) => {
  for (const options of [[], ['--keep=30']]) {
    const how = options.length > 0 ? ', in a kept container' : '';
    check(`runs as you${how}`, (real) => expectToRunAsYou(real, options));
    check(`passes on every exit code${how}`, (real) =>
      expectExitCodes(real, options.length > 0 ? SPECIAL_CODES : ALL_CODES, options),
    );
    check(`refuses commands as a shell does${how}`, (real) => expectRefusals(real, options));
    check(`is a part of pipes${how}`, (real) => expectPipes(real, options));
    check(`has a terminal only where there is one${how}`, (real) => expectTerminals(real, options));
    check(`passes signals on${how}`, (real) => expectSignals(real, options));
  }

  check('passes signals on without an init program', async (real) => {
    const { text } = scriptFor(['sh', '-c', 'x']);
    const without = text.replaceAll('init=--init', 'init=');
    const run = async (script: string, signal: NodeJS.Signals) =>
      signalled(
        real.as(['/bin/sh', '-c', without, 'toolbox', 'sh', '-c', script]),
        real.env,
        folderOf(real, 'project'),
        'ready',
        signal,
      );
    expect((await run('echo ready; exec sleep 60', 'SIGINT')).exitCode).toBe(130);
    expect((await run('echo ready; exec sleep 60', 'SIGTERM')).exitCode).toBe(143);
    const handling = 'trap "exit 42" TERM; echo ready; while :; do sleep 0.1; done';
    expect((await run(handling, 'SIGTERM')).exitCode).toBe(42);
  });

  check('copies no layer for another owner', (real) => {
    if (real.name !== 'podman rootless') return;
    const storage = join(real.home, '../root');
    // Files may go away while they are counted.
    const bytes = () =>
      Number(
        /^\d+/.exec(spawnSync('du', ['--summarize', '--bytes', storage], { encoding: 'utf8' }).stdout)?.[0],
      );
    const before = bytes();
    expect(before).toBeGreaterThan(3_000_000);
    expect(callReal(real, ['true']).exitCode).toBe(0);
    expect(bytes() - before).toBeLessThan(1_000_000);
  });

  check('says which image is missing, when the registry is down', (real) => {
    const wrong = callReal(real, ['--image', '127.0.0.1:9/not/there:1', 'true']);
    expect(wrong).toMatchObject({
      exitCode: 125,
      stdout: '',
      stderr: expect.stringContaining('127.0.0.1:9') as string,
    });
  });

  check('works outside the home folder', (real) => {
    const place = join(real.home, '../elsewhere');
    mkdirSync(place, { recursive: true });
    chownSync(place, real.uid, real.gid);
    expect(callReal(real, ['sh', '-c', 'pwd && echo x > y'], { cwd: place })).toMatchObject({
      exitCode: 0,
      stdout: '/work\n',
    });
    expect(existsSync(join(place, 'y'))).toBe(true);
  });

  check('lists the keys of the ssh agent', (real) => {
    const agent = startAgent(real);
    try {
      const listed = callReal(real, ['ssh-add', '-l'], { env: { SSH_AUTH_SOCK: agent.socket } });
      expect(listed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('ED25519') as string });
      expect(
        callReal(real, ['--without', 'ssh', 'ssh-add', '-l'], { env: { SSH_AUTH_SOCK: agent.socket } })
          .exitCode,
      ).toBe(2);
    } finally {
      spawnSync('kill', [agent.pid]);
    }
  });

  check('has credentials, read-only where they can be', (real) => {
    for (const [path, text] of [
      ['.kube/config', 'kube'],
      ['.aws/credentials', 'aws'],
      ['.config/openstack/clouds.yaml', 'os'],
      ['.gitconfig', 'git'],
    ] as const)
      writeAs(real, path, text);
    const read = callReal(real, [
      'sh',
      '-c',
      'cd && cat .kube/config .aws/credentials .config/openstack/clouds.yaml .gitconfig; for f in .aws/x .gitconfig .aws/sso/cache/t .kube/c; do (echo x >> $f) 2> /dev/null && echo " $f"; done',
    ]);
    expect(read.stdout).toBe('kubeawsosgit .aws/sso/cache/t\n .kube/c\n');
    const none = callReal(real, [
      '--without',
      'kube,aws,openstack,git',
      'sh',
      '-c',
      'cd; cat .kube/config .aws/credentials .config/openstack/clouds.yaml .gitconfig 2> /dev/null | wc -c',
    ]);
    expect(none.stdout.trim()).toBe('0');
  });

  check('ends a kept container when it was idle, and starts another', async (real) => {
    const startTime = () => callReal(real, ['--keep=2', 'cut', '-d ', '-f22', '/proc/1/stat']);
    const first = startTime();
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    const [file, ...args] = real.as([
      real.env['TOOLBOX_ENGINE']!,
      'ps',
      '--all',
      '--quiet',
      '--filter',
      'label=image-tooling.toolbox',
    ]);
    const running = () =>
      spawnSync(file, args, { env: real.env, cwd: real.home, encoding: 'utf8' }).stdout.trim().split('\n')
        .length;
    const before = running();
    await expect.poll(running, { timeout: 60_000, interval: 500 }).toBeLessThan(before);
    const second = startTime();
    expect(second).toMatchObject({ exitCode: 0, stderr: '' });
    expect(second.stdout).not.toBe(first.stdout);
  });

  check('starts one kept container for calls at the same time', async (real) => {
    const calls = [1, 2, 3, 4].map(async () =>
      signalled(
        commandLine(real, ['--keep=40', 'cut', '-d ', '-f22', '/proc/1/stat']),
        real.env,
        folderOf(real, 'project'),
        'never',
        'SIGTERM',
      ),
    );
    const ended = await Promise.all(calls);
    expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    expect(new Set(ended.map(({ stdout }) => stdout)).size).toBe(1);
  });
});

function startAgent(real: RealEngine): { socket: string; pid: string } {
  const run = (argv: readonly string[], env: Record<string, string> = {}) => {
    const [file, ...args] = real.as(argv);
    return execFileSync(file, args, {
      env: { ...real.env, ...env },
      cwd: real.home,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  };
  const key = join(folderOf(real, 'keys'), 'key');
  if (!existsSync(key)) run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key]);
  chmodSync(key, 0o600);
  const socket = join(real.home, 'agent.sock');
  spawnSync('rm', ['-f', socket]);
  const said = run(['ssh-agent', '-a', socket]);
  run(['ssh-add', '-q', key], { SSH_AUTH_SOCK: socket });
  return { socket, pid: /SSH_AGENT_PID=(\d+)/.exec(said)?.[1] ?? '' };
}
