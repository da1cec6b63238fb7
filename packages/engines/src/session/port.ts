import type { Platform } from '@image-tooling/model';
import type { Mount, SystemLayer } from '../port';

/**
 * A command that a user runs in a system, with this process's own terminal or streams. It has the network of
 * this machine, and its changes of the system are discarded at its end.
 */
export interface Session {
  /** In messages: "base: shell". */
  readonly label: string;
  readonly platform: Platform;
  /** The system, bottom layer first. */
  readonly system: readonly [SystemLayer, ...SystemLayer[]];
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** `name`, `uid` or `uid:gid`. */
  readonly user: string;
  readonly workdir: string;
  /** A folder of this machine that the command can write to. */
  readonly folder: Mount;
  /** Whether the command gets a terminal of its own, connected to this process's. */
  readonly terminal: boolean;
}
