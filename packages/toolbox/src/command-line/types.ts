import type { CommandHost } from '@image-tooling/host';
import type { Arguments, CommandName } from './arguments';

/** The parts of the process that a command line uses. */
export type Host = CommandHost & Pick<NodeJS.Process, 'stdin' | 'platform' | 'arch'>;

/** Where this package's files are. */
export interface Parts {
  readonly version: string;
  /** The folder `sh`. */
  readonly scripts: string;
  /** Loads the commands of toolbox itself. */
  readonly commands: () => Promise<Commands>;
}

export interface CommandRequest extends Arguments {
  readonly command: CommandName;
}

/** The module of the commands of toolbox itself. */
export interface Commands {
  runCommand(request: CommandRequest, host: Host, parts: Parts): Promise<number>;
}
