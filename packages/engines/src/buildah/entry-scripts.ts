import { commandScript, KILL_OTHERS } from '../command-script';
import type { Step, StepCommand } from '../port';
import { PIPES_INSIDE } from './rootfs';

/** The last word about a command whose entry ends with it. */
export const OVER = 'over';

/** Perl code that starts a program in a process group of its own, with the default signal handlers. */
const START = '$SIG{INT} = $SIG{QUIT} = "DEFAULT"; setpgrp; exec @ARGV';

/**
 * The script around `buildah run`, which is the first process of a pid namespace. It prints a line when the
 * container's shell is ready. Then it reads numbers of commands, and prints a line with the result of each one
 * when no process of the command is left. It ends with the container's shell, after the end of its input, or if
 * processes of a command can't be ended otherwise: the kernel ends all processes of the namespace with it
 * (pid_namespaces(7)).
 *
 * The subshell around buildah keeps `status` open, so that the pipe ends if buildah does not start the shell.
 * A shell starts background programs with SIGINT and SIGQUIT ignored, which commands must not inherit, and a
 * command's `kill 0` must not reach processes outside of the container: buildah is started by perl.
 */
export const AROUND = `
pipes=$1; shift
[ -p "$pipes/out" ] || mkfifo -m 666 -- "$pipes/out" "$pipes/err" || exit
mkfifo -m 666 -- "$pipes/next" "$pipes/status" || exit
exec 5<> "$pipes/status" 6< "$pipes/status" 7<> "$pipes/next"
( exec 6<&- 7<&-; perl -e '${START}' "$@" < /dev/null > "$pipes.said" 2>&1 5<&-; : ) &
exec 5<&-
${KILL_OTHERS.trim()}
end_processes() {
  for attempt in 1 2 3 4 5; do kill_others 3 $container && return; sleep 0.1; done
  return 1
}
read -r result <&6 || exit
container=
for process in /proc/[0-9]*; do container="$container \${process#/proc/}"; done
exec 2> /dev/null
rm -f -- "$pipes/next" "$pipes/status" "$pipes/run"
echo "$result"
while read -r number; do
  echo "$number" >&7
  read -r result <&6 || exit
  end_processes || { exec 7<&-; wait; echo "$result ${OVER}"; exit; }
  ( : )
  echo "$result"
done
exec 7<&-
wait
`;

/** The name of the container's script, in the folder of the pipes. */
export const RUN = 'run';

/**
 * Returns the script of the container's shell: reads numbers of commands, and prints each one's exit code, and
 * when it began and ended. Standard output and error of a command are pipes of ours: buildah 1.28 sometimes
 * loses the end of it, and adds lines of its own. The shell's messages ("Killed") are discarded: a shell that
 * forks first, as for parentheses, prints them to its own standard error, not to the command's.
 */
export function containerScript(step: Step): string {
  return `
umask 022
exec 2> /dev/null 5< ${PIPES_INSIDE}/next 6> ${PIPES_INSIDE}/status
echo ready >&6
while read -r number <&5; do
exec 3> ${PIPES_INSIDE}/err 4> ${PIPES_INSIDE}/out
read -r began rest < /proc/uptime
case $number in
${step.commands.map((command, index) => commandLines(command, index, step)).join('\n')}
esac
code=$?
read -r ended rest < /proc/uptime
exec 3>&- 4>&-
echo "$code $began $ended" >&6
done
`;
}

function commandLines(command: StepCommand, index: number, step: Step): string {
  return `${index}) (${commandScript(command, step)}) >&4 2>&3 3>&- 4>&- 5>&- 6>&- ;;`;
}
