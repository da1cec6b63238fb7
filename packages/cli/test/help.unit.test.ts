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
      "image-tooling: builds, tests and publishes container images with command-line tools

      Usage: image-tooling <command> [options]
             image-tooling help <command>, or <command> --help: help for one command
             image-tooling --version
      Usually run by Nx, which builds dependencies first: npx nx run <name>:<command>

      Commands
        build <name> [--platform linux/amd64]   build an image or a tool; default: for this machine's platform
            --all-platforms                       for all its platforms
            --with-parents                        first build its parent images and its tools
            --check                               build twice more, in different environments, and compare
        test <name> [--platform linux/amd64]    run the checks of an image in containers
            --all-platforms                       for all its platforms
        scan <name> [--platform linux/amd64]    find vulnerabilities in a built image, and what scan.json does not allow
            --all-platforms                       for all its platforms
            --with-parents                        first build the image, its parent images and its tools
            --json                                print JSON (docs/scan.md)
        lock <name>                             resolve versions and write the project's lock file
            --family                              also lock all images based on this one, parents first
            --raise <module>@<version>[,…]        raise a Go module of a tool, its go, or a bundled npm package
            --set-version <version>               lock another version of a tool, and write it to its tool.json
        lock-stale                              lock all projects whose lock is missing or stale
        update <name> … | --all                 move tools to newer versions, and images to newer Debian packages (docs/updates.md)
            --dry-run                             write nothing
            --finish                              only write the rest of what a killed command began to write
            --json                                print JSON
                                                exit code 1: a project could not be updated
        stale [<image> …]                       list newer packages, security updates and newer parents of images
            --exit-code                           exit code 1 if there are security updates, or parents to take over
            --json                                print JSON
        load <name> --to <place>                copy a built image to docker, podman or files
            --to docker | podman                  as <name>:dev
            --to oci:<folder>                     as OCI image layout
            --to oci-archive:<file>               as OCI image layout in a tar file; - is standard output
            --compression none | gzip | zstd      of the layers (oci, oci-archive); default: as built
            --platform linux/amd64                default: this machine's
        explain <name> [--platform linux/amd64] show the layers of an image or a tool, and which images share them
            --why                                 show what a build would do now, and which inputs changed since the last
                                                  build here, or since the main branch if it was not built here
            --since <ref>                         with --why: since this branch, tag or commit
            --file <path>                         show which layer, package, tool or file a path comes from
            --json                                print JSON (docs/explain.md)
        sbom <image> [--platform linux/amd64]   print the SBOM of a built image (docs/sbom.md)
            --format cyclonedx | spdx             default: CycloneDX 1.6
        publish <name>                          push the tested image of all platforms to the registry in nx.json
            --release x.y.z                       publish a release; without it, the branch decides the tags
            --branch <name>                       branch to publish as; default: from CI's environment, or git
            --dry-run                             print every request, write nothing to the registry
            --allow-dirty                         publish a branch image with uncommitted inputs
            --unsigned                            publish a branch image without the signature that nx.json asks for
            --verify pushed | full                before tags are written, read back what was sent (default),
                                                  or read back the whole image and run its checks again
        converge [<image> …]                    on main: publish and release what the registry lacks of the checked-out
                                                  commit (docs/releases.md); default: all images
            --dry-run                             write nothing, neither to the registry nor to git
            --json                                print JSON
        versions [<image> …]                    print the version of each image at the checked-out commit of main, and whether
                                                  it is released
            --json                                print JSON
        check                                   report all mistakes in definitions, locks and files; build nothing
            --json                                print JSON
        scan-lock                               write scan.lock.json: known vulnerabilities and their fixes (docs/scan.md)
        rescan [<image> …]                      scan published images again by their signed SBOMs, read no layer, print what
                                                  changed, and attach it; default: latest, main, releases of all images
            --tag <tag>[,…]                       only these tags
            --dry-run                             attach nothing
            --key <file>                          with --dry-run: trust this public key, in place of signing in nx.json
            --json                                print JSON
                                                exit code 1: a finding fails that did not before, or an image can't be read
        ci-plan                                 divide the tasks of affected images into CI jobs (docs/ci.md)
            --base <commit>                       compare with this commit; default: NX_BASE, or nx.json's defaultBase
            --all                                 plan all images, not only affected ones
            --publish                             with a last stage that publishes
            --without-cache                       one job for each processor, for jobs that share no results
            --format text | github | gitlab       default: text
            --include <file>                      what a GitLab pipeline includes; default: .gitlab/image-tooling.yml
            --times <file>[,…]                    run.json of earlier runs of Nx
            --most-jobs 20, --start-seconds 60    most jobs, and how long one takes to start
        shell <name> [--platform linux/amd64] [-- <command> …]
                                                run a shell or a command in a built image; the current folder is /work

      Signatures (docs/verify.md)
        verify <image>                          check signature, provenance, SBOM and tests of a published image:
                                                  registry.example/team/name:1.2.3, …@sha256:… or oci:<folder>[:<tag>]
            --key <file>                          trust this public key; or trust an identity:
            --certificate-identity <who>          exactly this one; a "*" at its end stands for any text
            --certificate-oidc-issuer <URL>       who issued its identity token
            --trusted-root <file>                 keys of Fulcio and Rekor ("cosign trusted-root create")
            --registry <host[/path]>              read it from this mirror
            --rebuild recombine                   read all layers, and put the image together again
            --rebuild system                      build it again from the definitions of its commit, but not its tools
            --rebuild all                         build its tools again, too
            --attest                              sign the result and attach it, with the key in IMAGE_SIGNING_KEY,
                                                  or as "signing" in the nx.json here says
            --verifier-key <file>                 also ask for such a result, by this public key; or by an identity:
            --verifier-identity <who>, --verifier-oidc-issuer <URL>
            --platform linux/amd64                default: all platforms
            --plain-http                          the registry has no TLS
            --json                                the same for programs
                                                exit codes: 0 verified, 3 unsigned, 4 invalid, 5 incomplete,
                                                  6 changed after it was signed, 7 different when it is built again,
                                                  1 not found out
        keygen                                  make a key to sign with: <file> and <file>.pub
            --file signing.key                    the private key, encrypted if IMAGE_SIGNING_PASSPHRASE is set

      Remote cache (docs/remote-caches.md)
        cache status                            check cache.json, keys, server and token; what this machine may read and write
        cache summary                           what the cache did in the last run
        cache keygen                            make a key to sign entries with: cache.key and trust/cache/<name>.pub
            --name ci                             name of the public key
            --file cache.key                      the private key, encrypted if IMAGE_SIGNING_PASSPHRASE is set
            --pull-requests                       accepted only in jobs of pull requests

      The store of this machine (docs/store.md)
        store ls                                list images and tools: last use, workspaces
        store du                                show disk usage, and what prune would free
            --json                                with ls and du: print JSON
        store prune                             list data that no workspace needs and that was not used recently
            --apply                               delete it; the next build makes what it needs again
            --keep-days 30                        days to keep data after its last use
            --go                                  also delete Go's modules, compiled packages and toolchains
        store verify                            check the hashes of everything in the store
            --repair                              remove damaged data; the next build makes it again
        store export [<image> …] --to <file>    export images (default: all built) for machines without network;
                                                  - is standard output
            --platform linux/amd64                default: all that were built
            --with-sources                        also export the Debian packages
        store import <file>                     import an exported file; - is standard input

      Images in a registry (<repository>: an image of the workspace, or registry.example/team/name)
        registry copy <from> <to>               copy an image with all platforms and everything attached to it
            registry.example/team/name:1.2.3      or @sha256:…; a target without either keeps the tag
            oci:<folder>[:<tag>]                  the folder of an OCI image layout
        registry prune [<repository> …]         list expired and unreferenced manifests; default: all images
            --apply                               delete them, but nothing that a kept index, release or tag refers to.
                                                  Untagged manifests can't be found: registries don't list them
        registry yank <repository> <version>    mark a release as bad; delete nothing, move no tag
            --reason "<why>"                      shown to users of the release
        registry rollback <repository> <version>
                                                move x.y, x and latest here if they point to a release marked as bad
            --plain-http                        for all registry commands: the registry has no TLS

      Environment
        IMAGE_STORE                 absolute path of the store; default $XDG_CACHE_HOME/image-tooling
        IMAGE_ENGINE                engine that runs commands in containers: dagger, buildah or auto (default);
                                    buildah then also runs shells, instead of docker or podman
        IMAGE_TOOL_SOURCE           preferred source of tools on this machine: registry, release, go, npm or deb
        IMAGE_REGISTRY              registry to publish to, instead of the one in nx.json
        IMAGE_STAGING               repository that hands layers to other machines, instead of the one in nx.json; off: none
        IMAGE_STAGING_PUSH          true or false: whether builds push their layers there; default: in CI only
        REGISTRY_USERNAME, REGISTRY_PASSWORD
                                    login for it; default: the logins of docker and podman
        DOCKER_AUTH_CONFIG          the content of docker's config.json: logins for several registries
        IMAGE_SIGNING_KEY           private key to sign with (PEM, or the path of its file), in place of nx.json's
        IMAGE_SIGNING_PASSPHRASE    passphrase of the private key
        SIGSTORE_ID_TOKEN           identity token for keyless signing; in GitHub Actions not needed
        IMAGE_CACHE_URL             remote cache, instead of the one in cache.json
        IMAGE_CACHE_TOKEN           token for its server; in GitHub Actions not needed
        IMAGE_CACHE_KEY             private key to sign its entries with (PEM, or the path of its file); without it, the
                                    cache is only read
        IMAGE_CACHE_TRUST           pull-requests: also accept entries signed by the keys of pull requests
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
      "  load <name> --to <place>                copy a built image to docker, podman or files
            --to docker | podman                  as <name>:dev
            --to oci:<folder>                     as OCI image layout
            --to oci-archive:<file>               as OCI image layout in a tar file; - is standard output
            --compression none | gzip | zstd      of the layers (oci, oci-archive); default: as built
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
