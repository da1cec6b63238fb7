import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMANDS } from '../src/commands';
import { TestHost } from './host';

let host: TestHost;

beforeEach(() => {
  host = new TestHost();
});
afterEach(() => host.remove());

describe('help', () => {
  it.each([[['--help']], [['-h']], [['help']]])('%s shows how to use it', async (args) => {
    const { exitCode, stdout, stderr } = await host.run(...args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatchInlineSnapshot(`
      "image-tooling: tooling images from definitions

      Usage: image-tooling <command> [options]
             image-tooling help <command>, or <command> --help: of one command
             image-tooling --version
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
  });

  it.each([[['load', '--help']], [['help', 'load']]])('%s shows that command alone', async (args) => {
    const { exitCode, stdout } = await host.run(...args);
    expect(exitCode).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "  load <name> --to <place>                take a built image out of the store
            --to docker | podman                  into a container program of this machine, as <name>:dev
            --to oci:<folder>                     an OCI image layout
            --to oci-archive:<file>               the same in one tar file; - is standard output
            --compression none | gzip | zstd      of its layers (oci, oci-archive)
            --platform linux/amd64                default: this machine's

      All commands: image-tooling --help
      "
    `);
  });

  it.each([...Object.keys(COMMANDS)])('has help for %s, and of nothing else', async (name) => {
    const { exitCode, stdout } = await host.run(name, '--help');
    expect(exitCode).toBe(0);
    const [, ...others] = stdout.split(/^ {2}(?=\S)/m);
    expect(others.length).toBeGreaterThan(0);
    for (const part of others) expect(part).toMatch(new RegExp(`^${name}\\b`));
  });

  it.each([
    ['help', 'laod'],
    ['laod', '--help'],
  ])('%s %s is refused', async (...args) => {
    const { exitCode, stderr } = await host.run(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toBe('There is no command "laod". Did you mean "load"? See: image-tooling --help\n');
  });
});
