import { shellWord } from '@image-tooling/model/shell-word';
import type { Step, StepCommand } from './port';

/**
 * The shell function `kill_others LOOKS PROCESS…`: kills all processes of its pid namespace except the first
 * one, its own shell, and the given ones, until it finds no other; fails if it still does after so many looks.
 * It looks at threads, because a process whose first thread has ended is listed as a zombie (proc(5)).
 */
export const KILL_OTHERS = `
kill_others() {
  looks=$1; shift
  while [ "$looks" -gt 0 ]; do
    looks=$((looks - 1)) found=
    for thread in /proc/[0-9]*/task/[0-9]*; do
      process=\${thread#/proc/} process=\${process%%/*}
      case " 1 $$ $* " in *" $process "*) continue ;; esac
      IFS= read -r stat < "$thread/stat" || { found=1; continue; }
      case \${stat##*)} in ' '[ZX]*) continue ;; esac
      kill -KILL "$process"
      found=1
    done
    [ -n "$found" ] || return 0
  done
  return 1
}
`;

/** Returns shell code that becomes the command, in its folder and with exactly its environment. */
export function commandScript(command: StepCommand, step: Step): string {
  const env = Object.entries({ ...step.env, ...command.env }).map(([name, value]) => `${name}=${value}`);
  const words = [...env, ...command.argv].map(shellWord).join(' \\\n');
  return `cd -- ${shellWord(command.workdir ?? '/')} && exec env -i \\\n${words}`;
}
