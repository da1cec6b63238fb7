import type { Image, InheritedConfig, Platform } from '@image-tooling/model';
import type { AssembledImage } from '@image-tooling/oci';

/** Where a session sees the folder that it was called in. */
export const WORK_FOLDER = '/work';

/** What runs where no command is given: the shell of the image. */
const SHELL = ['/bin/sh', '-c', 'exec "$(command -v bash || command -v sh)"'] as const;

export interface ShellRequest {
  readonly name: string;
  readonly platform: Platform;
  /** Empty for an interactive shell. */
  readonly command: readonly string[];
  /** Absolute path of the folder that the session works in. */
  readonly folder: string;
  /** Whether this process's standard input and output are a terminal. */
  readonly terminal: boolean;
}

/** An image and what is to run in it. */
export interface ShellSession extends ShellRequest {
  readonly image: Image;
  readonly assembled: AssembledImage;
  readonly config: InheritedConfig;
}

export function argvOf({ command }: ShellRequest): readonly [string, ...string[]] {
  const [program, ...args] = command;
  return program === undefined ? SHELL : [program, ...args];
}
