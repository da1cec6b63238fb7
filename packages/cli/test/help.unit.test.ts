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
             image-tooling help <command>, or <command> --help: help for one command
             image-tooling --version
      Run it through Nx, which builds dependencies first: npx nx run <project>:<target>

      Commands
        build <name> [--platform linux/amd64]   build an image or a tool; default: for this machine's platform
            --all-platforms                       for every platform that it declares
            --with-parents                        build what it is based on and its tools first
            --check                               build twice more, in different environments, and compare
        test <name> [--platform linux/amd64]    run an image's checks, and those of every image, in an engine
            --all-platforms                       for every platform that it declares
        lock <name>                             resolve versions and write the project's lock file
            --family                              also lock all images based on this one, parents first
        load <name> --to <place>                take a built image out of the store
            --to docker | podman                  into the container program on this machine, as <name>:dev
            --to oci:<folder>                     an OCI image layout
            --to oci-archive:<file>               the same in one tar file; - is standard output
            --compression none | gzip | zstd      of its layers (oci, oci-archive)
            --platform linux/amd64                default: this machine's
        explain <name> [--platform linux/amd64] what an image or tool was built from: layers, sizes, shared layers
            --why                                 what a build would do now, and which input differs from the last one
            --file <path>                         which layer, package, tool or file a path comes from
            --json                                the same for programs (docs/explain.md)
        sbom <image> [--platform linux/amd64]   print the SBOM of a built image (docs/sbom.md)
            --format cyclonedx | spdx             default: CycloneDX 1.6
        publish <name>                          push the tested image of all platforms to the registry in nx.json
            --release x.y.z                       publish a release; without it, the branch decides the tags
            --branch <name>                       default: from CI's environment, or git
            --dry-run                             print every request, write nothing to the registry
            --allow-dirty                         publish a branch image with uncommitted inputs
            --verify pushed | full                before tags are written, read back what was sent (default),
                                                  or read back the whole image and run its checks again
        check                                   report all mistakes in definitions, locks and files; build nothing
            --json                                the same for programs
        shell <name> [--platform linux/amd64] [-- <command> …]
                                                run a shell or a command in a built image; the current folder is /work

      The store of this machine (docs/store.md)
        store ls                                list images and tools: last use, workspaces
        store du                                disk usage, and what prune would free
            --json                                with ls and du: the same for programs
        store prune                             list what no workspace needs and was not used recently
            --apply                               delete it; a later build makes again what it needs
            --keep-days 30                        days that data without a workspace is kept
            --go                                  also Go's modules, compiled packages and toolchains
        store verify                            hash everything again
            --repair                              remove what is damaged: the next build makes it again
        store export [<image> …] --to <file>    export images with all they need to be built offline; default: all built;
                                                  - is standard output
            --platform linux/amd64                default: all that were built
            --with-sources                        also the Debian packages
        store import <file>                     import an exported file; - is standard input

      Images that are in a registry (<repository>: an image of the workspace, or registry.example/team/name)
        registry copy <from> <to>               copy an image with all platforms and everything attached to it
            registry.example/team/name:1.2.3      or @sha256:…; a target without either keeps the tag
            oci:<folder>[:<tag>]                  the folder of an OCI image layout
        registry prune [<repository> …]         list expired and unreferenced manifests; default: all images
            --apply                               delete them; never what a kept index, release or tag refers to.
                                                  Registries don't list untagged manifests: those are not found
        registry yank <repository> <version>    mark a release as bad; delete nothing, move no tag
            --reason "<why>"                      shown to users of the release
        registry rollback <repository> <version>
                                                move x.y, x and latest here if they point to a release marked as bad
            --plain-http                        for all registry commands: the registry has no TLS

      Environment
        IMAGE_STORE                 absolute path of the store; default $XDG_CACHE_HOME/image-tooling
        IMAGE_ENGINE                engine that runs commands in containers: dagger, buildah or auto (default);
                                    buildah also runs shells, which docker or podman run otherwise
        IMAGE_TOOL_SOURCE           preferred source of tools on this machine: registry, release, go, npm or deb
        IMAGE_REGISTRY              registry to publish to, in place of nx.json's
        REGISTRY_USERNAME, REGISTRY_PASSWORD
                                    login for it; default: the logins of docker and podman
        DOCKER_AUTH_CONFIG          the content of docker's config.json: logins for several registries
        IMAGE_BRANCH                as --branch, for CI, where the branch's name is untrusted
        IMAGE_RELEASE_VERSION       as --release
        IMAGE_VERBOSE               not empty: show the output of all programs that are run, and stack traces of bugs
        IMAGE_HTTP_TIMEOUT_SECONDS  timeout of a silent server; default 15 until the response begins, 30 within it
                                    (registries: 40, writes 310)
        IMAGE_HTTP_TRIES            attempts for a request that fails temporarily; default 4, registries 6
        CI                          not empty: plain lines, also on a terminal; so does TERM=dumb
        NO_COLOR                    not empty: no colours; so does TERM=dumb

      Exit codes: 0 done, 1 failed, 2 unknown command, 130 stopped
      "
    `);
  });

  it.each([[['load', '--help']], [['help', 'load']]])('%s shows that command alone', async (args) => {
    const { exitCode, stdout } = await host.run(...args);
    expect(exitCode).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "  load <name> --to <place>                take a built image out of the store
            --to docker | podman                  into the container program on this machine, as <name>:dev
            --to oci:<folder>                     an OCI image layout
            --to oci-archive:<file>               the same in one tar file; - is standard output
            --compression none | gzip | zstd      of its layers (oci, oci-archive)
            --platform linux/amd64                default: this machine's

      All commands: image-tooling --help
      "
    `);
  });

  it.each([...Object.keys(COMMANDS)])('has help for %s alone', async (name) => {
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
    expect(stderr).toBe('Unknown command "laod". Did you mean "load"? See: image-tooling --help\n');
  });
});
