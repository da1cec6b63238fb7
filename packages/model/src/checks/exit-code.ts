/** The exit codes of shells themselves (POSIX.1-2024, Shell Command Language 2.8.2). */
const SHELL_EXIT_CODES: Readonly<Record<number, string>> = {
  126: 'found, but can not be run',
  127: 'not found',
};

/** Numbers of signals that end programs, equal on all Linux processors we build for (signal(7)). */
const SIGNALS: Readonly<Record<number, string>> = {
  2: 'SIGINT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
};

/** "exit code 127 (not found)". */
export function exitText(code: number): string {
  const signal = SIGNALS[code - 128];
  const meaning = SHELL_EXIT_CODES[code] ?? (signal && `ended by ${signal}`);
  return `exit code ${code}${meaning === undefined ? '' : ` (${meaning})`}`;
}
