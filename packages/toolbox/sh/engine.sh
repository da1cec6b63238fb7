# Which engine runs here, without asking it: that would double the time of a call.
system=$(uname -sr)
case $system in
  Linux*[Mm]icrosoft*) system=WSL ;;
  *) system=${system%% *} ;;
esac

# Files of the system. Docker Desktop in WSL2: https://docs.docker.com/desktop/features/wsl/
docker_socket=/var/run/docker.sock
desktop_in_wsl=/mnt/wsl/docker-desktop
docker_is_podman=/usr/lib/tmpfiles.d/podman-docker.conf
selinux=/sys/fs/selinux/enforce

docker_context() {
  context=${DOCKER_CONTEXT:-}
  if [ -n "$context" ] || [ -n "${DOCKER_HOST:-}" ]; then return; fi
  client_settings=${DOCKER_CONFIG:-$HOME/.docker}/config.json
  [ -r "$client_settings" ] || return 0
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      *'"currentContext"'*)
        context=${line#*'"currentContext"'}
        context=${context#*\"}
        context=${context%%\"*}
        ;;
    esac
  done <"$client_settings"
}

has_program() {
  command -v "$1" >/dev/null 2>&1
}

docker_may_answer() {
  if ! has_program docker; then
    why="$why docker: not installed;"
    return 1
  fi
  if [ -e "$docker_is_podman" ] && has_program podman; then return 1; fi
  [ -z "${DOCKER_HOST:-}" ] || return 0
  case $context in '' | default) ;; *) return 0 ;; esac
  if [ "$system" = Darwin ] && [ -S "$HOME/.docker/run/docker.sock" ]; then return 0; fi
  [ -S "$docker_socket" ] || why="$why docker: no daemon at $docker_socket;"
  [ -S "$docker_socket" ] || return 1
  [ -w "$docker_socket" ] || why="$why docker: no permission for $docker_socket;"
  [ -w "$docker_socket" ]
}

choose_engine() {
  docker_context
  why=
  engine=${TOOLBOX_ENGINE:-}
  case $engine in
    '') engine=$fixed_engine ;;
    docker | podman | nerdctl) has_program "$engine" || fail "--engine or TOOLBOX_ENGINE is $engine, which is not installed." 'Install it, or leave the engine out.' ;;
    *) fail "unknown engine in --engine or TOOLBOX_ENGINE: $engine" 'Write docker, podman or nerdctl.' ;;
  esac
  if [ -n "$engine" ] && has_program "$engine"; then return; fi
  if docker_may_answer; then
    engine=docker
  elif has_program podman; then
    engine=podman
  elif has_program nerdctl; then
    engine=nerdctl
  else
    fail "no engine can run containers here:$why podman: not installed; nerdctl: not installed." \
      'Install Docker or Podman, or start Docker. toolbox doctor says more.'
  fi
}

# Whether the engine maps you to root of the container: then no layer has to be copied for another owner. Docker
# Desktop maps the owners of files; with it, sockets in a container belong to root.
is_root_inside() {
  case $engine-$system in
    *-Darwin) return 0 ;;
    podman-* | nerdctl-*) [ "$uid" != 0 ] && return 0 ;;
    docker-WSL) return 1 ;;
  esac
  case $engine:$context:${DOCKER_HOST:-} in
    docker:rootless:* | docker:desktop-linux:* | docker:*:unix:///run/user/*) return 0 ;;
  esac
  return 1
}

# Whether containers run in a virtual machine, whose network is not this machine's.
is_in_machine() {
  case $engine-$system in
    *-Darwin) return 0 ;;
    docker-WSL) [ -e "$desktop_in_wsl" ] && return 0 ;;
    docker-*) [ "$context" = desktop-linux ] && return 0 ;;
  esac
  return 1
}

choose_engine
