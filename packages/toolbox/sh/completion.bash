# bash completion of toolbox. In ~/.bashrc: eval "$(toolbox completion bash)"
_toolbox() {
  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} index words=''
  local commands="${XDG_DATA_HOME:-$HOME/.local/share}/toolbox/commands"
  case $before in
    --engine) words='docker podman nerdctl' ;;
    --without) words='kube aws openstack ssh git proxy ca device-code' ;;
    --with) words='docker' ;;
    --network) words='host bridge none' ;;
    completion) words='bash zsh fish' ;;
  esac
  for ((index = 1; index < COMP_CWORD; index++)); do
    case ${COMP_WORDS[index]} in
      alias) words=$(cat "$commands" 2>/dev/null) ;;
      -* | docker | podman | nerdctl) ;;
      *) [ -n "$words" ] || COMPREPLY=($(compgen -f -- "$current")) ;;
    esac
  done
  if [ "$COMP_CWORD" = 1 ] || [[ $before == -* && -z $words ]]; then
    words="list pull lock update alias allow stop doctor completion help
      --image --keep --without --with --env --engine --network --print --help --version $(cat "$commands" 2>/dev/null)"
  fi
  [ -z "$words" ] || COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o bashdefault -o default -F _toolbox toolbox image-toolbox
