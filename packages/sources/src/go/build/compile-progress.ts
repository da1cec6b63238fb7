import type { ProgressStep } from '@image-tooling/model';

const TICK_MS = 5_000;

/**
 * Reports the progress of a compile by the import paths that `go build -v` prints when it begins a package.
 */
export interface CompileProgress {
  readonly onLine: (line: string) => void;
  readonly stop: () => void;
}

/** `total`: packages that are linked; those in the build cache are not counted. */
export function compileProgress(
  step: ProgressStep,
  total: number,
  now: () => number = Date.now,
): CompileProgress {
  const began = now();
  let compiled = 0;
  let current = '';
  const show = (): void => {
    const done = `${grouped(compiled)} of ${grouped(total)} packages compiled`;
    step.status([done, current, elapsed(now() - began)].filter((part) => part !== '').join(', '));
  };
  show();
  const timer = setInterval(show, TICK_MS);
  return {
    onLine(line) {
      if (!isImportPath(line)) {
        step.output(line);
        return;
      }
      compiled += 1;
      current = `now ${line}`;
      show();
    },
    stop: () => clearInterval(timer),
  };
}

/** Lines of `go build -v` are bare import paths; other lines are the compiler's. */
function isImportPath(line: string): boolean {
  return /^[\w.~-]+(?:\/[\w.~+-]+)*$/.test(line);
}

/** 1204 as 1,204. */
function grouped(count: number): string {
  return count.toLocaleString('en-GB');
}

/** "45 s", "2 min 10 s". */
function elapsed(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds % 60} s`;
}
