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
          build <name> [--platform linux/amd64]   build an image or a tool; default: for this machine's platform
              --all-platforms                       for every platform that it declares
              --with-parents                        build what it is based on and its tools first
              --check                               then twice more, in other surroundings: all must be the same
          test <name> [--platform linux/amd64]    try an image in an engine: its checks, and what every image must hold
              --all-platforms                       for every platform that it declares
          lock <name>                             resolve versions and write the project's lock, and no other
              --family                              of an image: then all images based on it too, parents first
          load <name> --to <place>                take a built image out of the store
              --to docker | podman                  into a container program of this machine, as <name>:dev
              --to oci:<folder>                     an OCI image layout
              --to oci-archive:<file>               the same in one tar file; - is standard output
              --compression none | gzip | zstd      of its layers (oci, oci-archive)
              --platform linux/amd64                default: this machine's
          explain <name> [--platform linux/amd64] what an image or tool was built from: layers, sizes, who shares them
              --why                                 what a build would do now, and which input differs from the last one
              --file <path>                         which layer, package, tool or file brought a path
              --json                                the same for programs (docs/explain.md)
          publish <name>                          the tested bytes of all platforms, to the registry of nx.json
              --release x.y.z                       a release; else the branch says which tags are written
              --branch <name>                       default: as CI's environment or git has it
              --dry-run                             make the reads, print every request, write nothing
              --allow-dirty                         publish a branch image with uncommitted inputs
          check                                   all mistakes of all definitions, locks and files, at once; builds nothing
              --json                                the same for programs
          shell <name> [--platform linux/amd64] [-- <command> …]
                                                  a shell, or a command, in a built image; the current folder is /work

        The store of this machine (docs/store.md)
          store ls                                images and tools in it, when each was used last, and where
          store du                                what takes how much, and what prune would free
              --json                                with ls and du: the same for programs
          store prune                             tells what no workspace needs and nobody used lately
              --apply                               deletes it; a build after it works, and makes again what it lacks
              --keep-days 30                        how long what is in no workspace is kept
              --go                                  Go's modules, compiled packages and toolchains too
          store verify                            hashes all of it again
              --repair                              removes what is damaged: the next build makes it again
          store export [<image> …] --to <file>    images with all they need to be built without network; default: all built;
                                                    - is standard output
              --platform linux/amd64                default: all that were built
              --with-sources                        the Debian packages too
          store import <file>                     what an export wrote; - is standard input

        Images that are in a registry (<repository>: an image of the workspace, or registry.example/team/name)
          registry copy <from> <to>               an image with all platforms and all that is attached to it
              registry.example/team/name:1.2.3      or @sha256:…; as target also without: under the tag that it has
              oci:<folder>[:<tag>]                  the folder of an OCI image layout
          registry prune [<repository> …]         tells what has expired and what is left over; default: all images
              --apply                               deletes it; never what a kept index, release or tag reaches.
                                                    Registries list no manifest that no tag leads to: those are not found
          registry yank <repository> <version>    marks a release as bad; deletes nothing, moves no tag
              --reason "<why>"                      for those who have it
          registry rollback <repository> <version>
                                                  moves x.y, x and latest here, where they lead to a marked release
              --plain-http                        with each of them: the registry has no TLS

        Environment
          IMAGE_STORE                 folder of the store, an absolute path; default $XDG_CACHE_HOME/image-tooling
          IMAGE_ENGINE                dagger, buildah or auto (default): what runs commands in containers;
                                      buildah: shells too, which otherwise docker or podman runs
          IMAGE_TOOL_SOURCE           registry, release, go, npm or deb: where tools come from on this machine
          IMAGE_REGISTRY              registry to publish to, in place of nx.json's
          REGISTRY_USERNAME, REGISTRY_PASSWORD
                                      to log in to it with; else as docker and podman have it
          DOCKER_AUTH_CONFIG          the content of docker's config.json: logins for several registries
          IMAGE_BRANCH                as --branch: for CI, where a branch's name is somebody else's text
          IMAGE_RELEASE_VERSION       as --release
          IMAGE_VERBOSE               not empty: show all output of the programs that are run, and where a bug happened
          IMAGE_HTTP_TIMEOUT_SECONDS  how long a server may be silent; default 15 until its answer begins, 30 within it
          IMAGE_HTTP_TRIES            how often an address is asked that fails in a passing way; default 4
          CI                          not empty: plain lines, also on a terminal; so does TERM=dumb
          NO_COLOR                    not empty: no colours; nor with TERM=dumb

        Exit codes: 0 done, 1 failed, 2 no such command, 130 stopped
        "
      `);
    },
  );

  it('goes on where nobody reads any more, and tells of other errors', async () => {
    await host.run('--help');
    expect(host.stdout.emit('error', Object.assign(new Error('closed'), { code: 'EPIPE' }))).toBe(true);
    expect(() => host.stderr.emit('error', new Error('broken'))).toThrow('broken');
  });

  it.each([
    ['stdout', 'standard output'],
    ['stderr', 'standard error'],
  ] as const)('fails where %s can not be written', async (name, words) => {
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

  it('fails where its folder was removed', async () => {
    host.cwd = () => {
      throw Object.assign(new Error('ENOENT: no such file or directory, uv_cwd'), { code: 'ENOENT' });
    };
    expect(await host.run('check')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("error: The current folder can't be used") as string,
    });
    expect((await host.run('--help')).exitCode).toBe(0);
  });

  it('reports what nothing expected as a bug, without where it happened unless that is asked for', async () => {
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

  it.each(['toString', 'constructor'])('is no command that only objects have: %s', async (name) => {
    const { exitCode, stderr } = await host.run(name);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`There is no command "${name}"`);
  });

  it('names the flag that was meant', async () => {
    expect((await host.run('check', '--jsn')).stderr).toContain('Did you mean --json?');
  });

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

  it('refuses a TMPDIR that is not there', async () => {
    host.env['TMPDIR'] = '/nowhere/at-all';
    host.write('nx.json', { plugins: [{ plugin: '@image-tooling/nx', options: {} }] });
    const { exitCode, stderr } = await host.run('build', 'base');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('TMPDIR is "/nowhere/at-all", which is not a folder.');
  });

  it('shows colours on a terminal, unless it or the user wants none', async () => {
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

  it('leaves the process without listeners', async () => {
    await host.run('build', 'base');
    expect(host.eventNames()).toEqual([]);
  });
});
