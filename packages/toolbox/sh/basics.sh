set -uf
umask=$(umask)

# 125: as docker and podman report failures that are not the command's.
fail() {
  printf 'toolbox: %s\n' "$@" >&2
  exit 125
}

# Appends words to `$quoted`, quoted for eval: sh has one list, "$@", which holds the command.
quote() {
  for word in "$@"; do
    escaped=
    while :; do
      case $word in
        *\'*) escaped="$escaped${word%%\'*}'\\''" word=${word#*\'} ;;
        *) break ;;
      esac
    done
    quoted="$quoted '$escaped$word'"
  done
}

# Options for the container, and those that each call in a kept container has too.
container_options=
call_options=

for_container() {
  quoted=$container_options
  quote "$@"
  container_options=$quoted
}

for_call() {
  quoted=$call_options
  quote "$@"
  call_options=$quoted
}

has_word() {
  case " $1 " in *" $2 "*) return 0 ;; esac
  return 1
}

[ -n "${HOME:-}" ] || fail 'HOME is not set, so there is no place for settings and the home folder of the image.' 'Set HOME.'
config=${XDG_CONFIG_HOME:-$HOME/.config}/toolbox
data=${XDG_DATA_HOME:-$HOME/.local/share}/toolbox
without="$without ${TOOLBOX_WITHOUT:-}"
with="$with ${TOOLBOX_WITH:-}"
env_names="$env_names ${TOOLBOX_ENV:-}"

# check_without <words> <where they are written>
check_without() {
  for word in $1; do
    case $word in
      kube | aws | openstack | ssh | git | proxy | ca | device-code) ;;
      *) fail "unknown word in $2: $word" 'Words: kube aws openstack ssh git proxy ca device-code' ;;
    esac
  done
}
check_without "$without" '--without or TOOLBOX_WITHOUT'
for word in $with; do
  [ "$word" = docker ] || fail "unknown word in --with or TOOLBOX_WITH: $word" 'The only word is: docker'
done

wants() {
  ! has_word "$without" "$1"
}
