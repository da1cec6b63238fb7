import type { TarEntry } from '@image-tooling/layer';
import type { Compression, Digest, Platform, Result, RunContext } from '@image-tooling/model';

/** One layer of the system a step runs on: a blob on this machine. */
export interface SystemLayer {
  /** Absolute path of the blob. */
  readonly path: string;
  readonly digest: Digest;
  readonly diffId: Digest;
  readonly size: number;
  readonly compression: Compression;
}

/** A folder of the host that a step can read, never write. */
export interface Mount {
  /** Absolute path on the host. */
  readonly source: string;
  /** Absolute path in the container. */
  readonly target: string;
}

export interface StepCommand {
  readonly argv: readonly [string, ...string[]];
  /** `name`, `uid` or `uid:gid`; default root. Need not be in /etc/passwd. */
  readonly user?: string;
  /** Default `/`. */
  readonly workdir?: string;
  /** Added to the step's. */
  readonly env?: Readonly<Record<string, string>>;
  /** Seconds; the command is killed after it and its `timedOut` is true. Default: the step's own limit. */
  readonly timeoutSeconds?: number;
  /** Whether a program reads its standard output, which is then returned completely. */
  readonly wholeOutput?: boolean;
}

/**
 * A batch of commands that run one after the other in one container, with a umask of 022. Engines run them
 * through the system's /bin/sh and env, which give equal exit codes everywhere; all processes of a command
 * end with it.
 */
export interface Step {
  /** In messages and progress: "base: install 104 packages". */
  readonly label: string;
  readonly platform: Platform;
  /** The system, bottom layer first. Not empty. */
  readonly system: readonly [SystemLayer, ...SystemLayer[]];
  readonly commands: readonly [StepCommand, ...StepCommand[]];
  /** The whole environment, except variables that the engine must set (which never affect the result). */
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  /** `none`: nothing but a loopback interface. */
  readonly network: 'none' | 'host';
  /** `stop`: the first command that fails is the last to run. `continue`: all run. */
  readonly onFailure: 'stop' | 'continue';
  /**
   * Where to keep the contents of what the commands changed, which are the result's `changes`: an absolute path for a
   * file of the engine's. Only written if every command ended with 0; an old file is removed. All commands must have the
   * same user then.
   */
  readonly changesTo?: string;
  /** Seconds for the whole step. */
  readonly timeoutSeconds: number;
}

export interface CommandResult {
  /** 0–255; 128 + the signal's number if a signal ended it. */
  readonly exitCode: number;
  /**
   * UTF-8; of a command that timed out, the complete lines until then. If it is longer than `KEPT_BYTES`, a
   * line replaces the middle, unless `wholeOutput` is set.
   */
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** Wall time of the command itself, in steps of 0.01 s, without the engine's own work. */
  readonly seconds: number;
}

export interface StepResult {
  /** One result for each command that ran. */
  readonly commands: readonly CommandResult[];
  /** Whether the engine verified that the step had no network; false makes the result unpublishable. */
  readonly isolated: boolean;
  /**
   * What the commands changed, if the step has a `changesTo` and every command ended with 0: the entries of an OCI layer
   * (whiteouts, owners, modes, setuid, hard links and capabilities kept; OCI image-layer specification). Left out: mount
   * points, the engine's own files, the root folder itself, and folders that were only touched. Extended attributes
   * other than capabilities are not kept. Not normalised: see packages/oci.
   */
  readonly changes?: readonly TarEntry[];
}

/** Returns whether a command ended by itself, with 0. */
export function succeeded({ exitCode, timedOut }: CommandResult): boolean {
  return exitCode === 0 && !timedOut;
}

/** Throws if a caller breaks the rule of `changesTo` about users. */
export function checkUsers({ label, commands, changesTo }: Step): void {
  const users = new Set(commands.map(({ user }) => user));
  if (changesTo !== undefined && users.size > 1)
    throw new Error(`${label}: a step whose changes are kept has one user, not ${users.size}.`);
}

/** Runs commands in a container. Callers do not depend on the engine. */
export interface Engine {
  readonly name: 'buildah' | 'dagger';
  /**
   * Runs a step. An exit code other than 0 is not a failure of `run`. Fails if the engine can't run it, at
   * the step's time limit, or on an abort. Passes lines of output to `onLine` at once.
   */
  run(step: Step, context: RunContext, onLine?: (line: string) => void): Promise<Result<StepResult>>;
  /** Ends the engine's processes, and removes its leftovers. Safe to call twice. */
  close(): Promise<void>;
}
