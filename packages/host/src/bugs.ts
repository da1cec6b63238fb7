import { formatFailure } from '@image-tooling/model';
import { ioFailure, isErrno } from './files';
import { redact } from './redact';

type Around = Pick<NodeJS.Process, 'env' | 'on' | 'off' | 'exit'> & {
  readonly stderr: Pick<NodeJS.WriteStream, 'write'>;
};

/** Time limit for stopping a run after an unexpected error, in milliseconds. */
const STOP_MS = 10_000;

/**
 * Runs a program's main function and returns its exit code. An unhandled exception or rejection is a bug: prints it
 * without its stack trace, calls `stop` so that started programs end, and returns 1.
 */
export async function withBugReport(
  around: Around,
  main: () => Promise<number>,
  stop: () => void = () => undefined,
): Promise<number> {
  const bugs: unknown[] = [];
  let timer: NodeJS.Timeout | undefined;
  const report = (error: unknown): void => {
    if (bugs.length === 0) around.stderr.write(bugText(error, around.env));
    bugs.push(error);
  };
  const onError = (error: unknown): void => {
    report(error);
    stop();
    timer ??= setTimeout(() => around.exit(1), STOP_MS);
  };
  around.on('uncaughtException', onError);
  try {
    const exitCode = await main();
    return bugs.length > 0 ? 1 : exitCode;
  } catch (error) {
    report(error);
    return 1;
  } finally {
    clearTimeout(timer);
    around.off('uncaughtException', onError);
  }
}

/** Returns the printed report of a bug. IMAGE_VERBOSE adds the stack trace. */
export function bugText(error: unknown, env: NodeJS.ProcessEnv): string {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const isVerbose = (env['IMAGE_VERBOSE'] ?? '') !== '';
  const lines = [
    systemError(error) ?? `error: This is a bug in image-tooling: ${message}`,
    ...(isVerbose && stack !== undefined ? [stack] : []),
    isVerbose
      ? '  help: If nothing on this machine explains it, report it with the lines above.'
      : '  help: Run it again with IMAGE_VERBOSE=1 to see where it happens, and report that.',
  ];
  return `${redact(lines.join('\n'), secretsIn(env))}\n`;
}

/** A system error that no command expected: permission denied, too many open files. */
function systemError(error: unknown): string | undefined {
  if (!isErrno(error) || error.syscall === undefined) return undefined;
  return formatFailure(ioFailure(error, error.path ?? error.syscall));
}

function secretsIn(env: NodeJS.ProcessEnv): string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && value.length > 3 && /PASSWORD|TOKEN|SECRET/i.test(name) ? [value] : [],
  );
}
