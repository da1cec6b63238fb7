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
  it.each([[['--help']], [['-h']], [['help']], [['build', '--help']]])(
    '%s shows how to use it',
    async (args) => {
      const { exitCode, stdout, stderr } = await host.run(...args);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toMatchInlineSnapshot(`
        "image-tooling: tooling images from definitions

        Usage: image-tooling <command> [options]
        Run it through Nx, which builds what is below first: npx nx run <project>:<target>

        Commands
          build <name> [--platform linux/amd64]   build an image or a tool for one platform
          test <name> [--platform linux/amd64]    try an image in an engine: its checks, and what every image must hold
          lock <name>                             resolve versions and write the project's lock
          load <name> --to <place>                take a built image out of the store
              --to docker | podman                  into a container program of this machine, as <name>:dev
              --to oci:<folder>                     an OCI image layout
              --to oci-archive:<file>               the same in one tar file
              --compression none | gzip | zstd      of its layers (oci, oci-archive)
              --platform linux/amd64                default: this machine's

        Environment
          IMAGE_STORE                 folder of the store; default $XDG_CACHE_HOME/image-tooling
          IMAGE_ENGINE                dagger, buildah or auto (default): what runs commands in containers
          IMAGE_VERBOSE               not empty: show all output of the programs that are run
          IMAGE_HTTP_TIMEOUT_SECONDS  how long a server may be silent; default 15 until its answer begins, 30 within it
          IMAGE_HTTP_TRIES            how often an address is asked that fails in a passing way; default 4
          CI                          not empty: plain lines, also on a terminal

        Exit codes: 0 done, 1 failed, 2 no such command, 130 stopped
        "
      `);
    },
  );

  it('without a command says what there is', async () => {
    const { exitCode, stdout, stderr } = await host.run();
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^Say what to do\.\n\nimage-tooling: [^]*Commands/);
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

  it('outside of a workspace says where to go', async () => {
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

  it.each(['soon', '0', '-1'])('refuses IMAGE_HTTP_TIMEOUT_SECONDS=%s', async (text) => {
    host.env['IMAGE_HTTP_TIMEOUT_SECONDS'] = text;
    const { exitCode, stderr } = await host.run('build', 'base');
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`IMAGE_HTTP_TIMEOUT_SECONDS is "${text}"; expected a number above 0.`);
  });

  it('leaves the process without listeners', async () => {
    await host.run('build', 'base');
    expect(host.eventNames()).toEqual([]);
  });
});
