/** What `image-tooling --help` prints. */
export const HELP = `image-tooling: tooling images from definitions

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
`;
