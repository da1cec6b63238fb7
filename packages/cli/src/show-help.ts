import { nearest } from '@image-tooling/model';
import type { Arguments } from './command/arguments';
import { COMMANDS } from './commands';
import { HELP, helpFor } from './help';
import type { Host } from './host';

/** All commands: those of this bundle, and "cache", which has its own (cache.ts). */
const NAMES = [...Object.keys(COMMANDS), 'cache'];

/**
 * Prints the help of one command or of all, or that the command is unknown. Returns the exit code: 0 or 2.
 */
export function showHelp({ stdout, stderr }: Host, { command, positional, flags }: Arguments): number {
  const isAsked = flags.help === true || command === 'help';
  const about = command === 'help' ? (positional[0] ?? '') : command;
  if (isAsked && about === '') {
    stdout.write(HELP);
    return 0;
  }
  const help = isAsked && NAMES.includes(about) ? helpFor(about) : undefined;
  if (help !== undefined) {
    stdout.write(help);
    return 0;
  }
  stderr.write(about === '' ? `No command given.\n\n${HELP}` : `${noCommand(about)}\n`);
  return 2;
}

function noCommand(command: string): string {
  const near = nearest(command, NAMES);
  const meant = near === undefined ? '' : ` Did you mean "${near}"?`;
  return `Unknown command "${command}".${meant} See: image-tooling --help`;
}
