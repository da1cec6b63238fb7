#compdef toolbox image-toolbox
# zsh completion of toolbox. In ~/.zshrc, after compinit: eval "$(toolbox completion zsh)"
_toolbox() {
  local -a programs own
  local file=${XDG_DATA_HOME:-$HOME/.local/share}/toolbox/commands
  [[ -r $file ]] && programs=(${(f)"$(<$file)"})
  own=(
    'list:the image in use and what is in it'
    'pull:get the image'
    'lock:pin the image by its digest'
    'update:pin the newest version'
    'alias:write scripts that call the image'
    'allow:let a toolbox.json choose an image'
    'stop:end kept containers'
    'doctor:find what is wrong'
    'completion:print completion for a shell'
    'help:show help'
  )
  _arguments -S \
    '--image[image to use]:image:' \
    '--keep=-[keep a container for the next calls]::time:' \
    "--without[don't pass on]:what:(kube aws openstack ssh git proxy ca device-code)" \
    '--with[use the socket of Docker]:what:(docker)' \
    '*'{-e,--env}'[pass on an environment variable]:name:_parameters -g "*export*"' \
    '--engine[engine to use]:engine:(docker podman nerdctl)' \
    '--network[network to use]:network:(host bridge none)' \
    '--print[print the command line]' \
    '--help[show help]' \
    '--version[print the version]' \
    '1: :->first' \
    '*:: :->rest'
  case $state in
    first)
      _describe -t commands 'command of toolbox' own
      _describe -t programs 'command of the image' programs
      ;;
    rest)
      case $words[1] in
        alias) _describe -t programs 'command of the image' programs ;;
        completion) _values shell bash zsh fish ;;
        *) _files ;;
      esac
      ;;
  esac
}
compdef _toolbox toolbox image-toolbox
