import { availableParallelism } from 'node:os';
import { estimateText, timeLeft } from './time-left';

const TICK_MS = 5_000;
/** For a shorter compile, the line at the start is left out. */
const LONG_MS = 3 * 60_000;

/** Where the progress of a compile is shown. */
export interface CompileDisplay {
  /** Replaces the status. */
  status(text: string): void;
  /** A line of the compiler. */
  output(line: string): void;
  /** A line that stays. */
  note(line: string): void;
}

/**
 * Reports the progress of a compile by the import paths that `go build -v` prints when it begins a package.
 */
export interface CompileProgress {
  readonly onLine: (line: string) => void;
  readonly stop: () => void;
}

/**
 * Shows how many packages are begun, and for how long the compile will go on, by the packages that are
 * finished. Says once how long a long compile takes in all, as soon as that is known.
 *
 * @param weights how much work each package is that will be compiled, by import path
 * @param parallel how many packages the go command compiles at once: one for each core (`go help build`, -p)
 */
export function compileProgress(
  display: CompileDisplay,
  weights: ReadonlyMap<string, number>,
  parallel: number = availableParallelism(),
): CompileProgress {
  const began = Date.now();
  const begun: string[] = [];
  const total = sum(weights.values());
  const announce = announcing(display, weights.size);
  const show = (): void => {
    const elapsed = Date.now() - began;
    const left = timeLeft({ elapsed, done: workOf(begun.slice(0, -parallel), weights), total });
    display.status(statusText(begun, weights.size, left));
    if (left !== undefined) announce(elapsed + left);
  };
  show();
  const timer = setInterval(show, TICK_MS);
  const onLine = (line: string): void => {
    if (isImportPath(line)) {
      begun.push(line);
      show();
    } else display.output(line);
  };
  return { onLine, stop: () => clearInterval(timer) };
}

/** Returns a function that is called with each estimate, and notes the first that is long. */
function announcing(display: CompileDisplay, packages: number): (whole: number) => void {
  let isSaid = false;
  return (whole) => {
    if (isSaid || whole < LONG_MS) return;
    isSaid = true;
    display.note(`compiling ${packagesText(packages)} takes ${estimateText(whole)} here`);
  };
}

function workOf(finished: readonly string[], weights: ReadonlyMap<string, number>): number {
  return sum(finished.map((path) => weights.get(path) ?? 0));
}

/** Returns "120 of 1,204 packages, about 12 min left, now k8s.io/api/core/v1". */
function statusText(begun: readonly string[], total: number, left: number | undefined): string {
  const parts = [`${grouped(begun.length)} of ${packagesText(Math.max(total, begun.length))}`];
  if (left !== undefined) parts.push(`${estimateText(left)} left`);
  const current = begun.at(-1);
  if (current !== undefined) parts.push(`now ${current}`);
  return parts.join(', ');
}

/** Lines of `go build -v` are bare import paths; other lines are the compiler's. */
function isImportPath(line: string): boolean {
  return /^[\w.~-]+(?:\/[\w.~+-]+)*$/.test(line);
}

function packagesText(count: number): string {
  return `${grouped(count)} ${count === 1 ? 'package' : 'packages'}`;
}

/** 1204 as 1,204. */
function grouped(count: number): string {
  return count.toLocaleString('en-GB');
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((one, other) => one + other, 0);
}
