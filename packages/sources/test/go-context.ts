import type { RunContext } from '@image-tooling/model';

export interface RecordingContext extends RunContext {
  readonly lines: string[];
  /** Called with each line as it comes. */
  onLine?: (line: string) => void;
}

/** Returns a context that records what it gets, one line each. */
export function recordingContext(signal: AbortSignal = new AbortController().signal): RecordingContext {
  const lines: string[] = [];
  const add = (line: string): void => {
    lines.push(line);
    context.onLine?.(line);
  };
  const context: RecordingContext = {
    signal,
    lines,
    progress: {
      note: add,
      step(name) {
        add(name);
        return {
          status: (text) => add(`${name}: ${text}`),
          output: (line) => add(`${name}> ${line}`),
          done: ({ origin }) => add(`${name}: done, ${origin}`),
          failed: () => add(`${name}: failed`),
        };
      },
    },
  };
  return context;
}
