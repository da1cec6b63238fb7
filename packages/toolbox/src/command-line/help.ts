/** The text of `toolbox --help`. */
export const HELP = `Runs the commands of a tooling image as if they were installed.

Usage:
  toolbox [options] <command> [arguments]    run a command of the image, in the current folder
  toolbox [options]                          open a shell in the image

Commands of toolbox itself ("toolbox -- list" runs a command "list" of the image)
  list                    the image in use, its commands, aliases, kept containers
  pull                    get the image
  lock [<image:version>]  pin the image in toolbox.json by its digest
  update [<version>]      pin the newest version, or the given one, and get it
  alias <command…>        write scripts that call the image without Node
                          --dir <folder> (~/.local/bin), --remove
  allow <repository>      let a toolbox.json choose this image; "ghcr.io/acme/" allows all below it
  stop                    end kept containers
  doctor                  find what is wrong on this machine, and say how to fix it
  completion <shell>      completion for bash, zsh or fish

Options, before the command
  --image <image>    instead of the one in toolbox.json
  --keep[=<time>]    keep a container for the next calls; it ends when idle (15m; 90s, 2h)
  --without <what>   don't pass on: kube, aws, openstack, ssh, git, proxy, ca, device-code
  --with docker      let the command use Docker's socket, and with it this whole machine
  -e, --env <NAME>   pass on an environment variable, by its name
  --engine <engine>  docker, podman or nerdctl; default: whichever can be used
  --network <name>   default: the network of this machine
  --print            print the engine's command line instead of running it
  --plain-http       lock, update: use http for a registry that is not on localhost
  --version          print the version of toolbox

Environment: TOOLBOX_IMAGE, TOOLBOX_ENGINE, TOOLBOX_NETWORK, TOOLBOX_WITHOUT, TOOLBOX_WITH, TOOLBOX_ENV, TOOLBOX_ALLOWED

Exit codes: the command's; 125 if it could not be started, 127 if the image does not have it
`;
