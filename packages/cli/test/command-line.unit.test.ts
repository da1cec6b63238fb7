import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestHost } from './host';

let host: TestHost;

beforeEach(() => {
  host = new TestHost();
  host.write('nx.json', {});
});
afterEach(() => host.remove());

describe('a command line', () => {
  it('prints its version', async () => {
    expect(await host.run('--version')).toMatchObject({ exitCode: 0, stdout: '1.2.3\n' });
  });

  it('ignores a broken pipe, and reports other output errors', async () => {
    await host.run('--help');
    expect(host.stdout.emit('error', Object.assign(new Error('closed'), { code: 'EPIPE' }))).toBe(true);
    expect(() => host.stderr.emit('error', new Error('broken'))).toThrow('broken');
  });

  it.each([
    ['stdout', 'standard output'],
    ['stderr', 'standard error'],
  ] as const)('fails if %s can’t be written', async (name, words) => {
    const full = Object.assign(new Error('full'), { code: 'ENOSPC' });
    const write = host[name].write.bind(host[name]);
    let isFull = true;
    host[name].write = (text: string) => {
      if (isFull) process.nextTick(() => host[name].emit('error', full));
      isFull = false;
      return write(text);
    };
    host.stderr.write('a line');
    const { exitCode, stderr } = await host.run('--help');
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`error: No space left while writing ${words}.`);
  });

  it('fails if its folder was removed', async () => {
    host.cwd = () => {
      throw Object.assign(new Error('ENOENT: no such file or directory, uv_cwd'), { code: 'ENOENT' });
    };
    expect(await host.run('check')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("error: The current folder can't be used") as string,
    });
    expect((await host.run('--help')).exitCode).toBe(0);
  });

  it('reports an unexpected exception as a bug, with a stack trace only if asked for', async () => {
    const broken = new TypeError('x is not a function, says s3cret-word');
    Object.defineProperty(host, 'env', { value: { ...host.env, REGISTRY_PASSWORD: 's3cret-word' } });
    host.stdout.write = () => {
      throw broken;
    };
    const { exitCode, stderr } = await host.run('--help');
    expect(exitCode).toBe(1);
    expect(stderr).toMatchInlineSnapshot(`
      "error: This is a bug in image-tooling: x is not a function, says ***
        help: Run it again with IMAGE_VERBOSE=1 to see where it happens, and report that.
      "
    `);
    Object.defineProperty(host, 'env', { value: { ...host.env, IMAGE_VERBOSE: '1' } });
    expect((await host.run('--help')).stderr).toMatch(/^ +at .*command-line\.unit\.test\.ts/m);
  });

  it.each(['toString', 'constructor'])('refuses a property of Object as command: %s', async (name) => {
    const { exitCode, stderr } = await host.run(name);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`Unknown command "${name}"`);
  });

  it('suggests the closest flag', async () => {
    expect((await host.run('check', '--jsn')).stderr).toContain('Did you mean --json?');
  });

  it('prints the help without a command', async () => {
    const { exitCode, stdout, stderr } = await host.run();
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^No command given\.\n\nimage-tooling: [^]*Commands/);
  });

  it.each<[string, string[]]>([
    ['unknown command', ['biuld', 'base']],
    ['unknown flag', ['build', 'base', '--plattform=linux/arm64']],
    ['flag without its value', ['build', 'base', '--platform']],
    ['value for a switch', ['build', '--help=yes']],
    ['no name', ['build']],
    ['two names', ['lock', 'base', 'child']],
    ['unknown platform', ['build', 'base', '--platform=linux/riscv64']],
    ['test of two', ['test', 'base', 'child']],
    ['test for an unknown platform', ['test', 'base', '--platform=linux/riscv64']],
    ['load to nowhere', ['load', 'base']],
    ['load to an unknown place', ['load', 'base', '--to=tar:x']],
    ['load in an unknown compression', ['load', 'base', '--to=oci:x', '--compression=brotli']],
    ['unknown project', ['build', 'bsae']],
  ])('%s', async (_, args) => {
    host.write('images/base/image.json', { description: 'X', from: { debian: 'trixie' } });
    const { exitCode, stdout, stderr } = await host.run(...args);
    expect(exitCode).toBeGreaterThan(0);
    expect(stdout).toBe('');
    expect(`exit code ${exitCode}\n${stderr}`).toMatchSnapshot();
  });

  it('names the root folder outside of a workspace', async () => {
    const elsewhere = new TestHost();
    const { exitCode, stderr } = await elsewhere.run('build', 'base');
    expect(exitCode).toBe(1);
    expect(stderr).toMatchInlineSnapshot(`
      "error: There is no nx.json in <workspace>. (usage)
        help: Run the command in the root folder of an Nx workspace.
      "
    `);
    expect(existsSync(`${elsewhere.folder}/store`)).toBe(false);
    elsewhere.remove();
  });

  it.each([
    ['IMAGE_HTTP_TIMEOUT_SECONDS', 'soon', 'a number of seconds above 0, at most 86400'],
    ['IMAGE_HTTP_TIMEOUT_SECONDS', '0', 'a number of seconds'],
    ['IMAGE_HTTP_TIMEOUT_SECONDS', '-1', 'a number of seconds'],
    ['IMAGE_HTTP_TIMEOUT_SECONDS', '1e9', 'a number of seconds'],
    ['IMAGE_HTTP_TIMEOUT_SECONDS', '2147484', 'a number of seconds'],
    ['IMAGE_HTTP_TRIES', '1.5', 'a whole number above 0, at most 100'],
    ['IMAGE_HTTP_TRIES', '101', 'a whole number'],
  ])('refuses %s=%s', async (name, text, expected) => {
    host.env[name] = text;
    host.write('nx.json', { plugins: [{ plugin: '@image-tooling/nx', options: {} }] });
    for (const args of [
      ['build', 'base'],
      ['registry', 'copy', 'oci:a', 'oci:b'],
    ]) {
      const { exitCode, stderr } = await host.run(...args);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(`${name} is "${text}"; expected ${expected}`);
    }
  });

  it('refuses a TMPDIR that does not exist', async () => {
    host.env['TMPDIR'] = '/nowhere/at-all';
    host.write('nx.json', { plugins: [{ plugin: '@image-tooling/nx', options: {} }] });
    const { exitCode, stderr } = await host.run('build', 'base');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('TMPDIR is "/nowhere/at-all", which is not a folder.');
  });

  it('shows colours on a terminal, except with NO_COLOR and TERM=dumb', async () => {
    Object.assign(host.stderr, { isTTY: true });
    const seen = async (env: NodeJS.ProcessEnv): Promise<string> => {
      Object.defineProperty(host, 'env', { value: { ...host.env, NO_COLOR: '', TERM: 'xterm', ...env } });
      host.output.stderr = '';
      return (await host.run('build', 'no/name')).stderr;
    };
    expect(await seen({})).toContain('\u001b[');
    expect(await seen({ NO_COLOR: '1' })).not.toContain('\u001b[');
    expect(await seen({ TERM: 'dumb' })).not.toContain('\u001b[');
  });

  it.each(['lock', 'build', 'load', 'publish'])(
    'refuses an unknown IMAGE_ENGINE first: %s',
    async (command) => {
      host.write('images/base/image.json', { description: 'X', from: { debian: 'trixie' } });
      host.env['IMAGE_ENGINE'] = 'docker';
      host.env['IMAGE_TOOL_SOURCE'] = 'shop';
      const to = command === 'load' ? ['--to=docker'] : [];
      const { exitCode, stderr } = await host.run(command, 'base', ...to);
      expect(exitCode).toBe(1);
      expect(stderr).toContain('IMAGE_ENGINE is "docker"; it can be auto, buildah, dagger. (usage)');
      expect(stderr).toContain('IMAGE_TOOL_SOURCE is "shop"');
      expect(stderr).not.toContain('lock');
      expect(existsSync(`${host.folder}/store`)).toBe(false);
    },
  );

  it('removes its listeners from the process', async () => {
    await host.run('build', 'base');
    expect(host.eventNames()).toEqual([]);
  });
});
