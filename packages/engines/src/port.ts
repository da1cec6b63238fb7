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
  /** Whether its standard output is read by a program: then all of it is given. */
  readonly wholeOutput?: boolean;
}

/**
 * A batch of commands that run one after the other in one container, with a umask of 022. Engines run them
 * through the system's /bin/sh and env, which give equal exit codes everywhere; no process outlives its command.
 */
export interface Step {
  /** What the user is told: "base: install 104 packages". */
  readonly label: string;
  readonly platform: Platform;
  /** The system, bottom layer first. Not empty. */
  readonly system: readonly [SystemLayer, ...SystemLayer[]];
  readonly commands: readonly [StepCommand, ...StepCommand[]];
  /** The whole environment, save what the engine must set (none of it reaches the result). */
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  /** `none`: nothing but a loopback interface. */
  readonly network: 'none' | 'host';
  /** `stop`: the first command that fails is the last to run. `continue`: all run. */
  readonly onFailure: 'stop' | 'continue';
  /**
   * Where to write what the commands changed: an absolute path for an uncompressed OCI layer tar
   * (whiteouts, owners, modes, setuid, hard links and capabilities kept; OCI image-layer specification).
   * Only written when every command ended with 0; what was there before is removed. Left out: mount points, the
   * engine's own files, the root folder itself, and folders that were touched only. Extended attributes other
   * than capabilities are not kept. Not normalised: see packages/oci. All commands have one user then.
   */
  readonly changesTo?: string;
  /** Seconds for the whole step. */
  readonly timeoutSeconds: number;
}

export interface CommandResult {
  /** 0–255; 128 + the signal's number where a signal ended it. */
  readonly exitCode: number;
  /**
   * UTF-8; for a command that ran out of time, the whole lines that it had written by then. Of more than `KEPT_BYTES`
   * the middle is left out, which a line in its place says, unless `wholeOutput` asks for it.
   */
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** Wall time of the command itself, in steps of 0.01 s; of the engine's own work around it nothing. */
  readonly seconds: number;
}

export interface StepResult {
  /** One for each command that ran. */
  readonly commands: readonly CommandResult[];
  /** Whether the step had no network, as the engine saw for itself; false makes the result unpublishable. */
  readonly isolated: boolean;
}

/** Whether a command ended by itself, with 0. */
export function succeeded({ exitCode, timedOut }: CommandResult): boolean {
  return exitCode === 0 && !timedOut;
}

/** Throws where a caller breaks the rule of `changesTo` about users. */
export function checkUsers({ label, commands, changesTo }: Step): void {
  const users = new Set(commands.map(({ user }) => user));
  if (changesTo !== undefined && users.size > 1)
    throw new Error(`${label}: a step whose changes are kept has one user, not ${users.size}.`);
}

/** Runs commands in a container. Everything above it is engine-free. */
export interface Engine {
  readonly name: 'buildah' | 'dagger';
  /**
   * Runs a step. A command that exits with another code than 0 is no failure of `run`; an engine that
   * can't run it, a time limit of the step, or an abort is. Lines of output go to `onLine` as they come.
   */
  run(step: Step, context: RunContext, onLine?: (line: string) => void): Promise<Result<StepResult>>;
  /** Ends what the engine keeps running, and removes what it left. Safe to call twice. */
  close(): Promise<void>;
}
