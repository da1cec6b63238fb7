import type { Image, InheritedConfig, Platform } from '@image-tooling/model';
import type { AssembledImage } from '@image-tooling/oci';

/** The path of the current folder inside the shell. */
export const WORK_FOLDER = '/work';

/** Runs the image's shell if no command is given. */
const SHELL = ['/bin/sh', '-c', 'exec "$(command -v bash || command -v sh)"'] as const;

export interface ShellRequest {
  readonly name: string;
  readonly platform: Platform;
  /** Empty for an interactive shell. */
  readonly command: readonly string[];
  /** Absolute path of the current folder. */
  readonly folder: string;
  /** Whether this process's standard input and output are a terminal. */
  readonly terminal: boolean;
}

/** An image and the command to run in it. */
export interface ShellRun extends ShellRequest {
  readonly image: Image;
  readonly assembled: AssembledImage;
  readonly config: InheritedConfig;
}

export function argvOf({ command }: ShellRequest): readonly [string, ...string[]] {
  const [program, ...args] = command;
  return program === undefined ? SHELL : [program, ...args];
}
