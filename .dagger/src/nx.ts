import { type Container, type Directory, ReturnType } from '@dagger.io/dagger';
import { workspaceIn } from './container';

/** One call of Nx: in which container, of which run, on which repository. */
export interface NxCall {
  readonly runner: Container;
  /** Calls of the same name share a result; '' names none. */
  readonly run: string;
  readonly source: Directory;
}

/** How a call of Nx ended. */
export interface NxResult {
  /** As Nx left it: what tasks wrote is in it. */
  readonly container: Container;
  readonly exitCode: number;
}

/**
 * Runs `npx nx <command>` with the engine's own session in its environment (DAGGER_SESSION_PORT and
 * DAGGER_SESSION_TOKEN, which nesting sets), and waits for its end. A failed Nx is a result, no error.
 */
export async function runNx(call: NxCall, command: readonly string[]): Promise<NxResult> {
  const container = workspaceIn(call.runner, call.source)
    // The engine keeps results by what went in: another name is another result.
    .withEnvVariable('IMAGE_TOOLING_RUN', call.run || new Date().toISOString())
    .withExec(['npx', 'nx', ...command, '--outputStyle=stream'], {
      experimentalPrivilegedNesting: true,
      expect: ReturnType.Any,
    });
  return { container, exitCode: await container.exitCode() };
}

/** The container of a call that succeeded. Throws an error with the end of Nx's output for one that did not. */
export async function succeeded(result: NxResult): Promise<Container> {
  if (result.exitCode === 0) return result.container;
  throw new Error(await describeFailure(result));
}

const LAST_LINES = 80;

async function describeFailure({ container, exitCode }: NxResult): Promise<string> {
  const output = await container.combinedOutput();
  const lines = output.trimEnd().split('\n').slice(-LAST_LINES);
  return [`Nx ended with exit code ${exitCode}. The end of its output:`, ...lines].join('\n');
}
