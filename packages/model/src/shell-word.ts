/**
 * Returns a word as a POSIX shell reads it back: quoted where it holds more than letters, digits and
 * `@%+=:,./-`.
 */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : quotedWord(word);
}

/** Returns a word in quotes, as a POSIX shell reads it back. */
export function quotedWord(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Returns a command as a person would type it in a shell. */
export function commandLine(argv: readonly string[]): string {
  return argv.map(shellWord).join(' ');
}
