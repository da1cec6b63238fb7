/**
 * Where the bytes of a finished step came from; `ran` for one that makes none. Of bytes on their way to a registry:
 * whether they were sent, came from a sibling repository, or were there.
 */
export type Origin = 'store' | 'nx' | 'built' | 'fetched' | 'ran' | 'pushed' | 'mounted' | 'present';

/** Told what a run is doing; shows it live on a terminal, as plain lines elsewhere. */
export interface Progress {
  /** Begins a step that takes time. Ends with `done` or `failed`, once. */
  step(name: string): ProgressStep;
  /** A line worth keeping: a choice made, a warning. */
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

/** What every long operation is handed: when to stop, and whom to tell. */
export interface RunContext {
  readonly signal: AbortSignal;
  readonly progress: Progress;
}
