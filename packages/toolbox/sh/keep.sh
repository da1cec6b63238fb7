# A kept container: started once, ends when it was idle.
# shellcheck disable=SC2034,SC2100 # used by eval
kept_label='image-tooling.toolbox'

# Its name is that of all that it was started with.
name_kept_container() {
  # shellcheck disable=SC2034 # used by eval
  inodes=$(eval "LC_ALL=C ls -diL $mounted_files" 2>/dev/null)
  kept_sum=$(printf '%s\n' "$engine" "$image" "$keep" "$container_options" "$inodes" | cksum)
  kept_name=toolbox-$uid-${kept_sum%% *}
  calls=$data/kept/$kept_name
  [ -d "$calls" ] || mkdir -p "$calls" || fail "$calls cannot be made."
  [ -d "$home/.toolbox/calls" ] || mkdir -p "$home/.toolbox/calls" || fail "$home/.toolbox/calls cannot be made."
  # shellcheck disable=SC2034 # used by eval
  inside_calls=$inside_home/.toolbox/calls
  call=$$
}

# Asks no engine: each question takes half as long as the call. Where the container's processes are not visible here
# (a virtual machine), there is no /proc/<pid> either.
is_kept_running() {
  [ -r "$calls/process" ] || return 1
  read -r kept_pid kept_start <"$calls/process" || return 1
  [ "$kept_pid" = engine ] && { ask_kept_process && return 0 || return 1; }
  process_start "$kept_pid" && [ "$started" = "$kept_start" ]
}

# Sets `started` to the start time of a process, proc_pid_stat(5), field 22: numbers of processes are used again.
process_start() {
  [ -r "/proc/$1/stat" ] || return 1
  read -r started <"/proc/$1/stat" || return 1
  # shellcheck disable=SC2086 # fields, of which the first two are cut off
  set -- ${started##*) }
  started=${20}
}

ask_kept_process() {
  kept_pid=$("$engine" inspect -f '{{if .State.Running}}{{.State.Pid}}{{end}}' "$kept_name" 2>/dev/null) && [ -n "$kept_pid" ]
}

start_kept() {
  for attempt in 1 2 3 4 5 6 7 8 9 10; do
    if ask_kept_process; then
      if ! process_start "$kept_pid"; then kept_pid=engine started=0; fi
      printf '%s %s\n' "$kept_pid" "$started" >"$calls/process.$$" && mv -f "$calls/process.$$" "$calls/process"
      return
    fi
    # Another call may start it at the same time, or the last one is not removed yet: names are unique.
    # shellcheck disable=SC2154 # log and init: see run.sh
    problem=$(eval "\"\$engine\" run -d --rm --name \"\$kept_name\" --label \"\$kept_label=\$uid\" $init $log $container_options -v \"\$calls:\$inside_calls\" \
      --entrypoint sh \"\$image\" -c \"\$watch_program\" toolbox \"\$keep\" \"\$inside_calls\"" 2>&1 >/dev/null </dev/null) && continue
    case $problem in *[Cc]onflict* | *'in use'* | *already*) sleep 1 ;; *) fail "the kept container could not be started: $problem" ;; esac
  done
  fail "the kept container could not be started: ${problem:-it ended at once}" 'Try without --keep.'
}

# Runs in the container until no call ran for $1 seconds. Each call leaves its process id in a file of $2.
# shellcheck disable=SC2016,SC2034 # a program for the container, used by eval
watch_program='
cd "$2" || exit 1
trap "exit 0" TERM INT
idle=0 step=5
[ "$1" -ge 5 ] || step=1
while [ "$idle" -lt "$1" ]; do
  sleep "$step" & wait $!
  idle=$((idle + step))
  if [ -e used ]; then rm -f used; idle=0; fi
  for call in [0-9]*; do
    [ -e "$call" ] || continue
    read -r pid < "$call"
    if kill -0 "$pid" 2>/dev/null; then idle=0; else rm -f "$call"; fi
  done
done
rm -f process'

# Engines pass no signals to what they exec.
signal_call() {
  caught=$1
  [ -r "$calls/$call" ] || return 0
  read -r call_pid <"$calls/$call" || return 0
  # shellcheck disable=SC2016 # a program for the container
  "$engine" exec "$kept_name" sh -c 'kill -s "$1" "$2"' toolbox "$1" "$call_pid" >/dev/null 2>&1 </dev/null
}

run_kept() {
  name_kept_container
  is_kept_running || start_kept
  trap 'signal_call INT' INT
  trap 'signal_call TERM' TERM
  trap 'signal_call HUP' HUP
  trap 'signal_call QUIT' QUIT
  for attempt in 1 2; do
    printf '' >"$calls/used"
    exec 3<&0
    # Traps of sh wait for a command in the foreground.
    eval "\"\$engine\" exec $call_options \"\$kept_name\" sh -c \"\$recording\$inside_program\" toolbox \"\$inside_calls/\$call\" \"\$umask\" \"\$@\"" <&3 3<&- &
    client=$!
    wait_for_client
    if [ -e "$calls/$call" ] || [ "$attempt" = 2 ] || ask_kept_process; then break; fi
    # It ended just before the call.
    start_kept
  done
  rm -f "$calls/$call"
  exit "$code"
}

# Sets `code`. A trap ends `wait` early; what ended in that time is still known to the next one, but only once: then 127.
wait_for_client() {
  code=
  while :; do
    caught=
    wait "$client"
    ended=$?
    if [ "$ended" != 127 ] || [ -z "$code" ]; then code=$ended; fi
    [ -n "$caught" ] || break
  done
}

# shellcheck disable=SC2016,SC2034 # a program for the container, used by eval
recording='echo $$ > "$1"; shift
'
