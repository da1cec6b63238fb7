import { timerMs } from '@image-tooling/host';
import { commandScript, KILL_OTHERS } from '../../command-script';
import type { Step, StepCommand } from '../../port';
import { STEP_FOLDER } from './places';
import { shellWord } from '@image-tooling/model/shell-word';

/** Consecutive commands of one user, with their places among the step's commands. */
export interface CommandGroup {
  readonly user: string;
  readonly commands: readonly { readonly command: StepCommand; readonly index: number }[];
}

/** The default user. */
const ROOT = '0:0';

export function groupsOf(commands: Step['commands']): CommandGroup[] {
  const groups: { user: string; commands: { command: StepCommand; index: number }[] }[] = [];
  commands.forEach((command, index) => {
    const user = command.user ?? ROOT;
    const last = groups.at(-1);
    if (last?.user === user) last.commands.push({ command, index });
    else groups.push({ user, commands: [{ command, index }] });
  });
  return groups;
}

/** A file that tells later RUNs that a command failed and the step must stop. */
const STOPPED = `/${STEP_FOLDER}/stopped`;

/**
 * Writes a stream to a file, and to the socket of the lines if there is one, after the stream's name. Uses
 * Perl without modules: every Debian system has it, and it starts in 3 ms (AF_UNIX and SOCK_STREAM are 1,
 * struct sockaddr_un of unix(7)).
 */
const CARRY = [
  '$SIG{PIPE}="IGNORE";',
  'open(my $in,"<",$ARGV[0]) or die $!; open(my $out,">",$ARGV[1]) or die $!;',
  'my $s; if(-S $ARGV[2]){ socket($s,1,1,0) && connect($s,pack("S a108",1,$ARGV[2])) or undef $s }',
  'sub put{ my($to,$b)=@_; while(length $b){ my $n=syswrite($to,$b); return unless $n; substr($b,0,$n)="" } 1 }',
  '$s && (put($s,"$ARGV[3]\\n") or undef $s);',
  'while(sysread($in,my $b,65536)){ put($out,$b) or die $!; $s && (put($s,$b) or undef $s) }',
].join(' ');

/** How often to look for processes that a command left. */
const LOOKS = 100;

/** The exit code of the runner if it can't write output or results. */
const CANNOT_WRITE = 124;
/** Its exit code if the engine can't write the runner's own output (128 + SIGPIPE). */
const CANNOT_SAY = 141;
export const DISK_FULL_CODES: readonly number[] = [CANNOT_WRITE, CANNOT_SAY];

/**
 * The functions of the runner. Each command gets pipes for its output, so that it sees none of our files; its
 * remaining processes are killed, and then the pipes are read to their end. The shell's own messages
 * ("Killed") are discarded; errors of the runner itself go to the engine, which reports them.
 */
const FUNCTIONS = `
umask 022
exec 9>&2 2> /dev/null < /dev/null
results=/${STEP_FOLDER}/$1

${KILL_OTHERS.trim()}

carry() {
  if [ -x /usr/bin/perl ] && [ -S /${STEP_FOLDER}/lines ]; then
    exec /usr/bin/perl -e ${shellWord(CARRY)} "$1" "$2" /${STEP_FOLDER}/lines "$3" 2>&9
  fi
  exec cat < "$1" > "$2" 2>&9
}

begin() {
  number=$1 files=$results/$1
  mkfifo "$files.o" "$files.e" 2>&9 || exit ${CANNOT_WRITE}
  carry "$files.o" "$files.out" "$number out" & out=$!
  carry "$files.e" "$files.err" "$number err" & err=$!
  exec 4> "$files.o" 3> "$files.e"
  [ -z "$2" ] || /bin/sh "$0" watch "$files.late" "$2" $$ "$out" "$err" 3>&- 4>&- 9>&- &
  read -r began rest < /proc/uptime
}

end() {
  code=$1
  read -r ended rest < /proc/uptime
  exec 3>&- 4>&-
  kill_others ${LOOKS} "$out" "$err"
  wait "$out" && wait "$err" || exit ${CANNOT_WRITE}
  late=; [ "$code" != 137 ] || ! [ -e "$files.late" ] || late=late
  echo "$code $began $ended $late" > "$files.end" 2>&9 || exit ${CANNOT_WRITE}
  rm -f "$files.o" "$files.e" "$files.late"
  [ "$code" = 0 ] || [ -z "$stop" ] || { : > ${STOPPED}; exit 0; }
}

if [ "$1" = watch ]; then
  sleep "$3"
  : > "$2"
  shift 3
  kill_others ${LOOKS} "$@"
  exit 0
fi

[ ! -e ${STOPPED} ] || exit 0
mkdir "$results" 2>&9 || exit ${CANNOT_WRITE}
{ read -r line; read -r line; while read -r name rest; do echo "\${name%%:*}"; done; } < /proc/net/dev > "$results/interfaces"
`;

/** Returns the script that runs all groups: the first argument is the number of the group. */
export function runnerScript(step: Step, groups: readonly CommandGroup[]): string {
  return [
    `stop=${step.onFailure === 'stop' ? 1 : ''}`,
    FUNCTIONS.trim(),
    'case $1 in',
    ...groups.flatMap(({ commands }, group) => [
      `${group})`,
      ...commands.map(({ command, index }) => commandLines(command, index, step)),
      ';;',
    ]),
    'esac',
  ].join('\n');
}

function commandLines(command: StepCommand, index: number, step: Step): string {
  return [
    `begin ${index} ${command.timeoutSeconds === undefined ? '' : timerMs(command.timeoutSeconds) / 1000}`,
    `(${commandScript(command, step)}) >&4 2>&3 3>&- 4>&- 9>&-`,
    'end $?',
  ].join('\n');
}
