/**
 * The keeper of a session, for sh. `dagger session` lives as long as its standard input is open, so the
 * keeper holds that open until the owner ends, the keeper is stopped (SIGTERM), or its folder is removed. It
 * then closes it, waits for 5 s at most (`dagger session` ignores SIGTERM, and while it is connecting its
 * input too), and kills its own process group. If the keeper is killed, that closes the input;
 * `removeLeftovers` of a later run ends a `dagger session` that ignores it.
 *
 * It stands in the session's folder. Arguments: the owner's id and start time, the program, the most bytes of
 * its progress to keep. In the folder: `keeper` (id, start time), `dagger` (id), `answer` (the program's own:
 * port and token, one line of JSON), `log` (its progress), `ended` (its exit code, once it has one).
 */
export const KEEPER_SCRIPT = `
set -f
mask=$(umask)
umask 077
folder=\${0%/*} owner=$1 owner_start=$2 program=$3 limit=$4
exec 2>>"$folder/log"

start_of() {
  line=
  { read -r line <"/proc/$1/stat"; } 2>/dev/null
  set -- \${line##*) }
  case \${1:-Z} in Z|X) start= ;; *) start=\${20} ;; esac
}

stopped=
trap 'stopped=1' TERM INT
trap '' HUP
start_of $$
echo "$$ $start" >"$folder/keeper.new" && mv "$folder/keeper.new" "$folder/keeper"

if mkfifo "$folder/input" && exec 3<>"$folder/input"; then
  (
    exec 3>&-
    {
      sh -c 'echo $$ >"$1/dagger"; umask "$3"; exec "$2" --progress plain session' sh "$folder" "$program" "$mask" \\
        <"$folder/input" >"$folder/answer"
      echo $? >"$folder/ended"
    } 2>&1 | {
      dd bs=65536 count="$limit" iflag=count_bytes >>"$folder/log" 2>/dev/null
      exec cat >/dev/null
    }
  ) &
else
  echo 1 >"$folder/ended"
fi

while [ -z "$stopped" ] && [ -d "$folder" ]; do
  start_of "$owner"
  [ "$start" = "$owner_start" ] || break
  sleep 1 3>&- &
  wait $!
done

exec 3>&-
tries=0
while [ -d "$folder" ] && [ ! -e "$folder/ended" ] && [ $tries -lt 50 ]; do
  sleep 0.1
  tries=$((tries + 1))
done
rm -rf "$folder"
kill -KILL 0
`;
