import { join } from 'node:path';
import { fail, type Result } from '@image-tooling/model';
import { run, type HostResult } from '@image-tooling/host';
import type { Environment } from './environment';
import { goFailure, type GoPhase } from './go-messages';
import type { Toolchain } from './installed-toolchain';

/** One call of the go command. */
export interface GoCommand {
  readonly toolchain: Toolchain;
  readonly args: readonly string[];
  /** Folder with the go.mod. */
  readonly folder: string;
  readonly env: Environment;
  /** Tool and phase for messages. */
  readonly tool: string;
  readonly phase: GoPhase;
  readonly signal: AbortSignal;
  readonly timeoutSeconds: number;
  readonly onLine?: (line: string) => void;
}

/** Runs the go command to its end. Fails with one of Go's codes by what it prints. */
export async function runGo(command: GoCommand): Promise<Result<HostResult>> {
  const result = await run({
    argv: [join(command.toolchain.root, 'bin', 'go'), ...command.args],
    cwd: command.folder,
    env: command.env,
    signal: command.signal,
    timeoutSeconds: command.timeoutSeconds,
    ...(command.onLine ? { onLine: command.onLine } : {}),
  });
  if (!result.ok || result.value.exitCode === 0) return result;
  return fail(goFailure(result.value.stderr, command));
}
