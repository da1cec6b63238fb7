import { readdirSync, readFileSync } from 'node:fs';
import { ownProcess, parentOf, startTime, type ProcessId } from '@image-tooling/host';

const POLL_MS = 1000;

/** Calls `onEnd` once when all processes have ended. Returns a function that stops watching. */
export function watchProcesses(
  processes: readonly ProcessId[],
  onEnd: () => void,
  pollMs = POLL_MS,
): () => void {
  const timer = setInterval(() => {
    if (processes.some(isRunning)) return;
    clearInterval(timer);
    onEnd();
  }, pollMs);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * Returns the processes of Nx's command line that this run belongs to. A plugin runs in Nx's own process, in a child of
 * it, or in a child of the daemon, which knows nothing of its client but the arguments. Where /proc does not show them,
 * it is the parent.
 */
export function processesOfRun(argv: readonly string[], isOwnProcess: boolean): ProcessId[] {
  if (isOwnProcess) return [ownProcess()];
  const found = processesWith(argv.slice(2));
  return found.length > 0 ? found : [idOf(parentOf(process.pid) || process.ppid)];
}

/** Returns this user's processes whose arguments end as given. Two equal command lines are both returned. */
function processesWith(args: readonly string[]): ProcessId[] {
  const ending = args.map((arg) => `${arg}\0`).join('');
  if (ending === '') return [];
  const pids = numericNames('/proc').filter((pid) => commandLine(pid).endsWith(`\0${ending}`));
  return pids
    .map(Number)
    .filter((pid) => pid !== process.pid)
    .map(idOf);
}

function numericNames(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function idOf(pid: number): ProcessId {
  return { pid, start: startTime(pid) ?? '' };
}

/** Without /proc there is no start time, and only the id counts. */
function isRunning({ pid, start }: ProcessId): boolean {
  if (start !== '') return startTime(pid) === start;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Writes processes as an argument of a command line: "12:345,67:890". */
export function processesText(processes: readonly ProcessId[]): string {
  return processes.map(({ pid, start }) => `${pid}:${start}`).join();
}

/** Reads what `processesText` writes. */
export function parseProcesses(text: string): ProcessId[] {
  return text.split(',').map((one) => {
    const [pid = '', start = ''] = one.split(':');
    return { pid: Number(pid), start };
  });
}
