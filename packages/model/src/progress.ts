/**
 * Where the bytes of a finished step came from; `ran` for one that makes none. For uploads to a registry:
 * whether bytes were sent, mounted from another repository, or already there.
 */
export type Origin = 'store' | 'nx' | 'built' | 'fetched' | 'ran' | 'pushed' | 'mounted' | 'present';

/** Receives what a run is doing, and displays it. */
export interface Progress {
  /** Begins a step that takes time. Ends with `done` or `failed`, once. */
  step(name: string): ProgressStep;
  /** Shows a line that stays: a choice, a warning. */
  note(line: string): void;
}

export interface ProgressStep {
  /** Replaces the step's short status: "12 of 78 packages", "compiling k8s.io/api". */
  status(text: string): void;
  /** A line of a program's own output. */
  output(line: string): void;
  done(end: { readonly origin: Origin; readonly bytes?: number }): void;
  failed(): void;
}

/** Passed to every long operation: the signal to stop, and the progress display. */
export interface RunContext {
  readonly signal: AbortSignal;
  readonly progress: Progress;
}
