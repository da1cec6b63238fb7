import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pushPlainImage, startRegistry, whyNoRegistry, type RealRegistry } from '@image-tooling/testkit';
import * as commands from '../src/commands';
import { main } from '../src';
import { call, fakeMachine, hostOf, program, SCRIPTS, type FakeMachine } from './rig';

interface Said {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function toolbox(
  machine: FakeMachine,
  argv: readonly string[],
  env: Record<string, string> = {},
): Promise<Said> {
  const said = { stdout: '', stderr: '' };
  const host = hostOf(machine, { env, said });
  const exitCode = await main(argv, host, {
    version: '1.2.3',
    scripts: SCRIPTS,
    commands: () => Promise.resolve(commands),
  });
  return { exitCode, ...said };
}

describe('a command line', () => {
  it.each([
    [['--bogus', 'sh'], 'Unknown option: --bogus'],
    [['--image'], '--image needs a value'],
    [['--keep=soon', 'sh'], '--keep needs a time'],
    [['--print=yes', 'sh'], 'takes no value'],
    [['--dir', 'x', 'sh'], '--dir is not for calls'],
  ])('%j is refused: %s', async (argv, expected) => {
    expect(await toolbox(fakeMachine(), argv)).toMatchObject({
      exitCode: 125,
      stderr: expect.stringContaining(expected) as string,
    });
  });

  it('shows help and version, and commands of toolbox itself only as the first word', async () => {
    expect(await toolbox(fakeMachine(), ['help'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('toolbox [options] <command>') as string,
    });
    expect((await toolbox(fakeMachine(), ['list', '--help'])).stdout).toContain('Usage:');
    expect((await toolbox(fakeMachine(), ['--version'])).stdout).toBe('1.2.3\n');
    expect(await toolbox(fakeMachine(), ['pull', 'too', 'many'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('Unexpected: too many') as string,
    });
  });
});

describe('alias', () => {
  it('writes scripts of their own, which call the image without Node and without toolbox', async () => {
    const machine = fakeMachine();
    program(
      machine.bin,
      'podman',
      'if [ "$1" = version ]; then echo 4; else for word; do last=$word; done; echo "$last"; fi',
    );
    const written = await toolbox(machine, ['alias', 'helm', '--keep', 'kubectl']);
    expect(written).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('not on your PATH') as string,
    });
    const folder = join(machine.home, '.local/bin');
    expect(readdirSync(folder).sort()).toEqual(['helm', 'kubectl']);
    const helm = join(folder, 'helm');
    expect(statSync(helm).mode & 0o777).toBe(0o755);
    const text = readFileSync(helm, 'utf8');
    expect(text).toContain("fixed_engine='podman'");
    expect(text).toContain("default_image='example.com/acme/tools:1'");
    expect(text.replace(/^#.*$/gm, '')).not.toMatch(/\bnode\b|npx/);
    const plain = await toolbox(machine, ['alias', '--dir', 'here', 'helm']);
    expect(plain.exitCode).toBe(0);
    const ran = spawnSync(join(machine.project, 'here/helm'), ['lint', 'a b'], {
      env: machine.env,
      cwd: machine.project,
      encoding: 'utf8',
    });
    expect(ran).toMatchObject({ status: 0, stdout: 'a b\n', stderr: '' });
  });

  it("replaces and removes only its own files, and refuses names that aren't commands", async () => {
    const machine = fakeMachine();
    const foreign = join(machine.home, '.local/bin/kubectl');
    mkdirSync(join(machine.home, '.local/bin'), { recursive: true });
    writeFileSync(foreign, '#!/bin/sh\necho mine\n');
    for (const argv of [
      ['alias', 'kubectl', 'helm'],
      ['alias', '--remove', 'kubectl'],
    ])
      expect(await toolbox(machine, argv)).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('not written by toolbox') as string,
      });
    expect(readdirSync(join(machine.home, '.local/bin'))).toEqual(['kubectl']);
    expect((await toolbox(machine, ['alias', '../evil'])).exitCode).toBe(1);
    await toolbox(machine, ['alias', 'helm']);
    expect((await toolbox(machine, ['alias', 'helm'])).exitCode).toBe(0);
    expect((await toolbox(machine, ['alias', '--remove', 'helm'])).exitCode).toBe(0);
    expect(existsSync(join(machine.home, '.local/bin/helm'))).toBe(false);
  });
});

it('allow lets a toolbox.json choose an image, once', async () => {
  const machine = fakeMachine();
  writeFileSync(join(machine.project, 'toolbox.json'), '{"image":"ghcr.io/acme/tools"}');
  const exitCode = () => call(machine, ['true'], { env: { TOOLBOX_IMAGE: '' } }).exitCode;
  expect(exitCode()).toBe(125);
  for (const argv of [
    ['allow', 'ghcr.io/acme/'],
    ['allow', 'ghcr.io/acme/'],
  ])
    expect((await toolbox(machine, argv)).exitCode).toBe(0);
  expect(exitCode()).toBe(0);
  expect(readFileSync(join(machine.home, '.config/toolbox/allowed'), 'utf8')).toBe('ghcr.io/acme/\n');
  for (const name of ['ghcr.io/acme/x:1', 'a b', '/', 'x@sha256:1'])
    expect((await toolbox(machine, ['allow', name])).exitCode).toBe(1);
});

it('pull and list ask the engine, and completion gets what list found', async () => {
  const machine = fakeMachine();
  program(
    machine.bin,
    'podman',
    'case $1 in run) printf "tools: for tests\\n\\n--- programs\\nhelm\\nkubectl\\n" ;; pull) exit 3 ;; esac',
  );
  const listed = await toolbox(machine, ['list']);
  expect(listed).toMatchObject({ exitCode: 0, stderr: '' });
  expect(listed.stdout).toMatch(
    /^Image: example.com\/acme\/tools:1 \(from TOOLBOX_IMAGE\), run by podman\n\ntools: for tests\n/,
  );
  expect(readFileSync(join(machine.home, '.local/share/toolbox/commands'), 'utf8')).toBe('helm\nkubectl\n');
  expect((await toolbox(machine, ['pull'])).exitCode).toBe(3);
  const text = (await toolbox(machine, ['completion', 'bash'])).stdout;
  const complete = (words: string) =>
    spawnSync(
      'bash',
      [
        '-c',
        `${text}\nCOMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _toolbox; printf '%s\\n' "\${COMPREPLY[@]}"`,
      ],
      { env: { ...process.env, HOME: machine.home, XDG_DATA_HOME: '' }, encoding: 'utf8' },
    )
      .stdout.trim()
      .split('\n');
  expect(complete('toolbox ku')).toEqual(['kubectl']);
  expect(complete('toolbox alias h')).toEqual(['helm']);
  expect(complete('toolbox --engine p')).toEqual(['podman']);
  expect(complete("toolbox ''")).toEqual(expect.arrayContaining(['list', 'doctor', 'helm']));
  for (const [shell, flags] of [
    ['zsh', ['-n']],
    ['fish', ['--no-execute']],
  ] as const) {
    const file = join(machine.home, shell);
    writeFileSync(file, (await toolbox(machine, ['completion', shell])).stdout);
    const checked = spawnSync(shell, [...flags, file], { encoding: 'utf8' });
    if (checked.error) console.warn(`skipped: completion of ${shell}: not on this machine`);
    else
      expect({ shell, stderr: checked.stderr, status: checked.status }).toEqual({
        shell,
        stderr: '',
        status: 0,
      });
  }
});

const noRegistry = whyNoRegistry();
if (noRegistry !== undefined) console.warn(`skipped: lock and update: ${noRegistry}`);

describe.skipIf(noRegistry !== undefined)('with a registry', () => {
  async function registryWith(
    ...tags: string[]
  ): Promise<{ registry: RealRegistry; digests: Record<string, string> }> {
    const registry = await startRegistry();
    onTestFinished(() => registry.stop());
    const digests: Record<string, string> = {};
    for (const tag of tags)
      digests[tag] = (await pushPlainImage(registry, 'acme/tools', tag, { tag })).digest;
    return { registry, digests };
  }

  it('lock writes a digest, update the newest version and its digest, and gets it', async () => {
    const { registry, digests } = await registryWith('1.9.0', '1.10.0', '2.0.0-rc.1', 'latest');
    const image = `${registry.host}/acme/tools`;
    const machine = fakeMachine();
    const path = join(machine.project, 'toolbox.json');
    const pinned = () => JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;
    expect(await toolbox(machine, ['lock', `${image}:1.9.0`])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(pinned()).toEqual({ image, version: '1.9.0', digest: digests['1.9.0'] });
    program(machine.bin, 'podman', 'echo "$@" > "$HOME/asked"');
    const env = { TOOLBOX_IMAGE: '', TOOLBOX_ALLOWED: image };
    expect(await toolbox(machine, ['update'], env)).toMatchObject({ exitCode: 0 });
    expect(pinned()).toEqual({ image, version: '1.10.0', digest: digests['1.10.0'] });
    expect(readFileSync(join(machine.home, 'asked'), 'utf8')).toBe(`pull ${image}@${digests['1.10.0']}\n`);
    expect(await toolbox(machine, ['update', '3.0.0'], env)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('There is no') as string,
    });
    expect(pinned()['version']).toBe('1.10.0');
    const again = `${path}: ${image}:1.10.0 is ${digests['1.10.0']}\n`;
    expect((await toolbox(machine, ['update', '1.10.0'], env)).stdout).toBe(again);
    expect((await toolbox(machine, ['update'], env)).stdout).toBe(
      `${image}:1.10.0 is the newest version.\n${again}`,
    );
  });

  it('update leaves a version without digest as it is written', async () => {
    const { registry } = await registryWith('1.0.0', '1.1.0');
    const image = `${registry.host}/acme/tools`;
    const machine = fakeMachine();
    program(machine.bin, 'podman', 'true');
    writeFileSync(
      join(machine.project, 'toolbox.json'),
      JSON.stringify({ image, version: '1.0.0', without: 'aws' }),
    );
    await toolbox(machine, ['update'], { TOOLBOX_IMAGE: '', TOOLBOX_ALLOWED: image });
    expect(JSON.parse(readFileSync(join(machine.project, 'toolbox.json'), 'utf8'))).toEqual({
      image,
      version: '1.1.0',
      without: 'aws',
    });
  });
});

it.each([
  [[], 'names no image'],
  [[`ghcr.io/acme/tools:1.2.3@sha256:${'0'.repeat(64)}`], 'has a digest already'],
  [['tools:1.2.3'], 'is not a reference to an image'],
])('lock %j says what to write', async (words, problem) => {
  const { exitCode, stderr } = await toolbox(fakeMachine(), ['lock', ...words]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(problem);
  expect(stderr).toMatch(words[0] === 'tools:1.2.3' ? /Write registry.example/ : /toolbox lock ghcr.io/);
});

it('lock says where a toolbox.json is no JSON', async () => {
  const machine = fakeMachine();
  const path = join(machine.project, 'toolbox.json');
  writeFileSync(path, '{\n  "image": "ghcr.io/acme/tools"\n  "version": "1"\n}\n');
  const { exitCode, stderr } = await toolbox(machine, ['lock']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`${path}:3:3`);
});
