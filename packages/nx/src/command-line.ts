import { commandLine } from '@image-tooling/model/shell-word';

/**
 * Returns the command of a target. Nx appends the arguments of `nx run` to the text that it gives `sh -c`, in
 * double quotes, where `$(…)` and backticks run (nrwl/nx#36472). Here they are the lines of a here-document,
 * which the shell does not read as commands: its delimiter is quoted, and `exec` replaces the shell before it
 * reads on. The command reads them from file descriptor 3
 * (docs/decisions/039-arguments-never-reach-a-shell.md).
 */
export function taskCommand(...words: readonly string[]): string {
  return `exec image-tooling ${commandLine(words)} --arguments-fd=3 3<<''\n{args}\n`;
}

const UNLESS_DONE = 'node_modules/@image-tooling/nx/bin/unless-done.sh';

/**
 * Returns the command of a target whose work its dependencies do: it runs only if arguments ask for something
 * else.
 */
export function commandUnlessDone(...words: readonly string[]): string {
  return `exec sh ${UNLESS_DONE} ${commandLine(words)} 3<<''\n{args}\n`;
}
