import { type Container, type Directory, ReturnType, type Secret } from '@dagger.io/dagger';
import { workspaceIn } from './container';

/** One call of Nx: in which container, of which run, on which repository. */
export interface NxCall {
  readonly runner: Container;
  /** Calls of the same name share a result; '' names none. */
  readonly run: string;
  readonly source: Directory;
  /** The content of docker's config.json, for `DOCKER_AUTH_CONFIG`. */
  readonly dockerConfig?: Secret;
}

/** How a call of Nx ended. */
export interface NxResult {
  /** As Nx left it: what tasks wrote is in it. */
  readonly container: Container;
  readonly succeeded: boolean;
}

/** The engine keeps no result of exit codes from 128 to 191, which Nx may end with. */
const NX = 'npx nx "$@" || { echo "nx ended with exit code $?" >&2; exit 1; }';

/**
 * Runs `npx nx <command>` with the engine's own session in its environment (DAGGER_SESSION_PORT and
 * DAGGER_SESSION_TOKEN, which nesting sets), and waits for its end. A failed Nx is a result, no error.
 */
export async function runNx(call: NxCall, command: readonly string[]): Promise<NxResult> {
  const workspace = workspaceIn(call.runner, call.source);
  const container = withLogin(workspace, call.dockerConfig)
    // The engine keeps results by what went in: another name is another result.
    .withEnvVariable('IMAGE_TOOLING_RUN', call.run || new Date().toISOString())
    .withExec(['sh', '-c', NX, 'nx', ...command, '--outputStyle=stream'], {
      experimentalPrivilegedNesting: true,
      expect: ReturnType.Any,
    });
  return { container, succeeded: (await container.exitCode()) === 0 };
}

function withLogin(container: Container, dockerConfig: Secret | undefined): Container {
  return dockerConfig ? container.withSecretVariable('DOCKER_AUTH_CONFIG', dockerConfig) : container;
}

/** The container of a call that succeeded. Throws an error with the end of Nx's output for one that did not. */
export async function succeeded(result: NxResult): Promise<Container> {
  if (result.succeeded) return result.container;
  throw new Error(`Nx failed. The end of its output:\n${await lastLines(result.container)}`);
}

const LAST_LINES = 80;

async function lastLines(container: Container): Promise<string> {
  const output = await container.combinedOutput();
  return output.trimEnd().split('\n').slice(-LAST_LINES).join('\n');
}
