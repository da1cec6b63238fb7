import type { Described } from '../script/describe';
import type { Host } from '../command-line/types';

/** Something that is wrong on this machine. */
export interface Finding {
  /** For tests and scripts. */
  readonly id: string;
  /** What is wrong, where. */
  readonly problem: string;
  /** What to do. */
  readonly fix: string;
}

/** What checks look at. */
export interface Machine {
  readonly host: Host;
  /** Folder of the system's files; tests have another. */
  readonly root: string;
  readonly uid: number;
  readonly user: string;
}

/** A machine on which the script of a call finds an engine. */
export interface ReadyMachine extends Machine {
  readonly now: Described;
}
