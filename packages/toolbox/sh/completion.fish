# fish completion of toolbox. In ~/.config/fish/config.fish: toolbox completion fish | source
function __toolbox_commands
    set -l data $XDG_DATA_HOME
    test -n "$data"; or set data $HOME/.local/share
    test -r $data/toolbox/commands; and cat $data/toolbox/commands
end

for name in toolbox image-toolbox
    complete -c $name -f -n __fish_use_subcommand -a '(__toolbox_commands)' -d 'command of the image'
    complete -c $name -f -n __fish_use_subcommand -a list -d 'the image in use and what is in it'
    complete -c $name -f -n __fish_use_subcommand -a pull -d 'get the image'
    complete -c $name -f -n __fish_use_subcommand -a lock -d 'pin the image by its digest'
    complete -c $name -f -n __fish_use_subcommand -a update -d 'pin the newest version'
    complete -c $name -f -n __fish_use_subcommand -a alias -d 'write scripts that call the image'
    complete -c $name -f -n __fish_use_subcommand -a allow -d 'let a toolbox.json choose an image'
    complete -c $name -f -n __fish_use_subcommand -a stop -d 'end kept containers'
    complete -c $name -f -n __fish_use_subcommand -a doctor -d 'find what is wrong'
    complete -c $name -f -n __fish_use_subcommand -a completion -d 'print completion for a shell'
    complete -c $name -f -n '__fish_seen_subcommand_from alias' -a '(__toolbox_commands)'
    complete -c $name -f -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'
    complete -c $name -n __fish_use_subcommand -l image -x -d 'image to use'
    complete -c $name -n __fish_use_subcommand -l keep -d 'keep a container for the next calls'
    complete -c $name -n __fish_use_subcommand -l without -x -a 'kube aws openstack ssh git proxy ca device-code'
    complete -c $name -n __fish_use_subcommand -l with -x -a docker
    complete -c $name -n __fish_use_subcommand -s e -l env -x -a '(set --names -x)'
    complete -c $name -n __fish_use_subcommand -l engine -x -a 'docker podman nerdctl'
    complete -c $name -n __fish_use_subcommand -l network -x -a 'host bridge none'
    complete -c $name -n __fish_use_subcommand -l print -d 'print the command line'
end
