# Log-ins that would open a browser on this machine: with a code, any browser will do.
if wants device-code; then
  case ${1-}:" $* " in
    *--use-device-code*) ;;
    aws:*' sso login '* | aws:*' configure sso '*) set -- "$@" --use-device-code ;;
    argocd:*' login '*--sso-launch-browser*) ;;
    argocd:*' login '*' --sso '*) set -- "$@" --sso-launch-browser=false ;;
  esac
fi

# A process with the number 1 ignores signals that it does not handle. Podman needs a program for an init process
# that handles them (podman-run(1), --init), which some distributions leave out.
init=--init
if [ "$engine" = podman ] && [ "$system" != Darwin ]; then
  init=
  for program in /usr/libexec/podman/catatonit /usr/lib/podman/catatonit /usr/local/libexec/podman/catatonit /usr/local/lib/podman/catatonit; do
    if [ -x "$program" ]; then init=--init; fi
  done
  if has_program catatonit; then init=--init; fi
fi

# Engines keep what a container prints, which may be a secret: podman in the journal, for ever.
log='--log-driver none'
if [ "$engine" = nerdctl ]; then log=; fi

# shellcheck disable=SC2016 # a program for the container
inside_program='umask "$1"; shift
if [ $# = 0 ]; then
  set -- sh
  command -v bash > /dev/null && set -- bash
fi
command -v "$1" > /dev/null || [ -e "$1" ] || {
  echo "toolbox: $1 is not in this image. toolbox list shows what is." >&2
  exit 127
}
'
# Without an init process: a shell that passes signals on. SIGINT as SIGTERM, as programs in the background ignore it.
# shellcheck disable=SC2016 # a program for the container
shell_as_init='if [ -t 0 ]; then "$@"; exit; fi
exec 3<&0
"$@" <&3 3<&- &
child=$! interrupted=
trap "kill -s HUP $child" HUP
trap "interrupted=yes; kill -s TERM $child" INT
trap "kill -s TERM $child" TERM
while :; do
  wait "$child"
  ended=$?
  kill -0 "$child" 2>/dev/null || break
done
if [ -n "$interrupted" ] && [ "$ended" = 143 ]; then ended=130; fi
exit "$ended"'
# shellcheck disable=SC2016 # a program for the container
run_program='exec "$@"'
if [ -z "$init" ] && [ -z "$keep" ]; then run_program=$shell_as_init; fi
inside_program=$inside_program$run_program

# Rootless Podman is two processes. The first ends by a signal, with 0 or 1, and so does not wait for the container:
# signals go to the container itself, whose exit code is then the call's.
run_rootless() {
  # shellcheck disable=SC2034 # used by eval
  container=toolbox-call-$uid-$$
  trap 'signal_container INT' INT
  trap 'signal_container TERM' TERM
  trap 'signal_container HUP' HUP
  trap 'signal_container QUIT' QUIT
  exec 3<&0
  eval "\"\$engine\" run --rm --name \"\$container\" $init $log $container_options $call_options --entrypoint sh \"\$image\" -c \"\$inside_program\" toolbox \"\$umask\" \"\$@\"" <&3 3<&- &
  client=$!
  wait_for_client
  exit "$code"
}

signal_container() {
  caught=$1
  "$engine" kill --signal "$1" "$container" >/dev/null 2>&1 </dev/null || kill -s "$1" "$client"
}

set_network
run_as_you
mount_project
mount_credentials
pass_environment
for_call -i
terminal=
if [ -t 0 ] && [ -t 1 ] && [ -t 2 ]; then
  terminal=yes
  for_call -t
fi

case $action in
  describe)
    printf '%s\n' "engine=$engine" "image=$image" "image_from=$image_from" "settings=$settings" "project=$project" "system=$system" \
      "network=$network" "init=$init" "context=$context" "data=$data"
    exit
    ;;
  print)
    quoted=
    quote "$engine" run
    first=$quoted
    quoted=
    quote "$image" -c "$inside_program" toolbox "$umask" "$@"
    printf '%s\n' "$first --rm $init $log$container_options$call_options --entrypoint sh$quoted"
    exit
    ;;
esac
if [ -n "$keep" ]; then run_kept "$@"; fi
if [ "$engine" = podman ] && [ "$system" != Darwin ] && [ -n "$root_inside" ] && [ -z "$terminal" ]; then run_rootless "$@"; fi
eval "exec \"\$engine\" run --rm $init $log $container_options $call_options --entrypoint sh \"\$image\" -c \"\$inside_program\" toolbox \"\$umask\" \"\$@\""
