import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

/** File descriptors in addition to those that are open now. */
const FEW = 64;

/**
 * Lets this process open few files (getrlimit(2), RLIMIT_NOFILE). Returns what raises the soft limit again.
 */
export function allowFewFiles(): () => void {
  const ask = (...args: readonly string[]) =>
    execFileSync('prlimit', ['--pid', String(process.pid), ...args]).toString();
  const highest = Math.max(...readdirSync('/proc/self/fd').map(Number));
  const before = ask('--nofile', '--noheadings', '--output=SOFT').trim();
  ask(`--nofile=${highest + FEW}:`);
  return () => void ask(`--nofile=${before}:`);
}
