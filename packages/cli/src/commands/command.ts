import { ok, type Failure, type Result, type RunContext } from '@image-tooling/model';
import type { Session } from '@image-tooling/pipeline';
import type { Arguments, FlagName } from '../arguments';

/** What a command that ran to its end prints. */
export interface Ending {
  readonly lines: readonly string[];
  /** What it found to be wrong: printed below the lines, and the command has failed. */
  readonly found: readonly Failure[];
}

/** What a command works with. */
export interface CommandRun {
  readonly given: Arguments;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly context: RunContext;
  /** Opens the workspace at the current folder. Fails where there is none. */
  readonly session: () => Promise<Result<Session>>;
}

/** A command: the flags it takes, and how it ended or why it could not run. */
export interface Command {
  readonly flags: readonly FlagName[];
  run(run: CommandRun): Promise<Result<Ending>>;
}

/** An end at which nothing was found to be wrong. */
export function said(lines: readonly string[]): Result<Ending> {
  return ok({ lines, found: [] });
}
