import type { Result } from '@image-tooling/model';

/** The flags of a command line. */
export interface CacheArguments {
  readonly name?: string;
  readonly file?: string;
  readonly 'pull-requests'?: boolean;
  readonly run?: string;
  readonly watch?: string;
}

/** The input of a command. */
export interface CacheRun {
  readonly flags: CacheArguments;
  /** The workspace's root. */
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: Pick<NodeJS.WriteStream, 'write'>;
  readonly signal: AbortSignal;
}

/** The output of a command: lines, and problems that it found. */
export interface CacheEnding {
  readonly lines: readonly string[];
  readonly isGood: boolean;
}

/** A command: its flags, and the function that runs it. */
export interface CacheCommand {
  readonly flags: readonly (keyof CacheArguments)[];
  run(run: CacheRun): Promise<Result<CacheEnding>>;
}
