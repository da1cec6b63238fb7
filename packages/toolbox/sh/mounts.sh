mounted_files=

# add_mount <source> <target> [ro]
add_mount() {
  case $1 in
    *[\",]*:* | *:*[\",]*) fail "the engines cannot mount this path, which has both a colon and a comma or a quote: $1" ;;
    *:*) for_container --mount "type=bind,source=$1,target=$2${3:+,readonly}" ;;
    *) for_container -v "$1:$2${3:+:$3}" ;;
  esac
  # A file that was replaced is another file: a kept container would show the old one.
  if [ ! -d "$1" ]; then
    quoted=$mounted_files
    quote "$1"
    mounted_files=$quoted
  fi
}

# mount_in_home <source> <path in the home folder> [ro]. Engines would make missing mount points as root.
mount_in_home() {
  if [ -d "$1" ]; then
    [ -d "$home/$2" ] || mkdir -p "$home/$2" || fail "$home/$2 cannot be made."
  elif [ ! -e "$home/$2" ]; then
    case $2 in */*) mkdir -p "$home/${2%/*}" || fail "$home/${2%/*} cannot be made." ;; esac
    printf '' >"$home/$2" || fail "$home/$2 cannot be made."
  fi
  add_mount "$1" "$inside_home/$2" "${3:-}"
}

# Sets `inside` to the path of a file in the container, if a mounted folder has it already.
find_inside() {
  case $1 in
    "$project"/*) inside=/work${1#"$project"} ;;
    "$HOME/.kube"/*) inside=$inside_home/.kube${1#"$HOME/.kube"} ;;
    *) inside= ;;
  esac
}

absolute() {
  case $1 in
    /*) path=$1 ;;
    *) path=$here/$1 ;;
  esac
}

mount_project() {
  add_mount "$project" /work
  for_call -w "/work${here#"${project%/}"}"
  # Relabelling (:z) would take long in large folders, and would change files of other programs.
  if [ -r "$selinux" ]; then
    # It ends without a line feed, which `read` reports as a failure.
    read -r enforcing <"$selinux" || :
    [ "$enforcing" != 1 ] || for_container --security-opt label=disable
  fi
}

mount_docker_socket() {
  socket=$docker_socket
  [ "$context" != rootless ] || socket=${XDG_RUNTIME_DIR:-}/docker.sock
  case ${DOCKER_HOST:-} in unix://*) socket=${DOCKER_HOST#unix://} ;; esac
  if [ "$system" != Darwin ]; then
    [ -S "$socket" ] || fail "--with docker: there is no Docker socket at $socket." 'Start Docker, or set DOCKER_HOST to its unix:// address.'
    # The owner of a socket: stat has other options on each system.
    # shellcheck disable=SC2012 # the path is a socket
    socket_group=$(LC_ALL=C ls -ndL "$socket")
    # shellcheck disable=SC2086 # fields
    set -- $socket_group
    [ -n "$root_inside" ] || [ "$4" = "$gid" ] || for_container --group-add "$4"
  fi
  for_container -v "$socket:/var/run/docker.sock"
}
