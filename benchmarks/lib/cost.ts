import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { ProgramOptions } from './programs';

/** What a command took, in seconds. */
export interface Cost {
  readonly wall: number;
  /** User and system time of the command and of its children. */
  readonly cpu: number;
}

/** Of bash(1): real, user and system time of a command and its children, in seconds. */
const TIMED = 'TIMEFORMAT="%R %U %S"; time "$@"';

/**
 * Runs a program and returns what it took, with the CPU time that daemons of these process ids needed in the
 * meantime. Throws with its last lines if it fails. Other work of this process goes on.
 */
export async function costOf(
  argv: readonly string[],
  { cwd, env = process.env, daemons = [] }: ProgramOptions & { readonly daemons?: readonly number[] } = {},
): Promise<Cost> {
  const before = sum(daemons.map(cpuOfDaemon));
  const output = await outputOf(['bash', '-c', TIMED, 'bash', ...argv], { cwd, env });
  const [wall = 0, user = 0, system = 0] = output.trimEnd().split('\n').at(-1)!.split(' ').map(Number);
  return { wall, cpu: user + system + sum(daemons.map(cpuOfDaemon)) - before };
}

/** Returns two costs, one after the other. */
export function added(one: Cost, other: Cost): Cost {
  return { wall: one.wall + other.wall, cpu: one.cpu + other.cpu };
}

function outputOf(argv: readonly string[], { cwd, env }: ProgramOptions): Promise<string> {
  const child = spawn(argv[0]!, argv.slice(1), { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (part: string): void => void (output = (output + part).slice(-100_000));
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0
        ? resolve(output)
        : reject(new Error(`${argv.slice(4).join(' ')} ended with ${code}\n${output.slice(-4000)}`)),
    );
  });
}

const TICKS_PER_SECOND = 100;

/**
 * Returns the CPU seconds of a process and of the children that it has waited for: fields 14 to 17 of
 * /proc/<pid>/stat, proc(5), in ticks (100 a second on Linux).
 */
function cpuOfDaemon(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return sum(fields.slice(11, 15).map(Number)) / TICKS_PER_SECOND;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
