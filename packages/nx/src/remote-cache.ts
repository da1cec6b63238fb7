import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { PreTasksExecutionContext } from '@nx/devkit';

type Context = Pick<PreTasksExecutionContext, 'id' | 'workspaceRoot' | 'argv'>;

/** The hooks that Nx calls. */
export interface RemoteCacheHooks {
  readonly preTasksExecution?: (_: unknown, context: Context) => Promise<void>;
  readonly postTasksExecution?: (_: unknown, context: Context) => Promise<void>;
}

/** What @image-tooling/cli/cache exports. */
interface Implementation {
  startEarly(context: Context, options: object): void;
  beforeTasks(context: Context, options: object): Promise<Record<string, string>>;
  afterTasks(context: Context, options: object): Promise<void>;
}

/**
 * Returns the hooks that start and end the proxy of a remote cache; none in a workspace without one, since for hooks
 * Nx's daemon starts a process in each run. In Nx's own process, it already starts the proxy, if tasks will run.
 *
 * @param folder in the workspace
 * @param argv of this process
 */
export function remoteCacheHooks(
  folder: string,
  env: NodeJS.ProcessEnv,
  argv: readonly string[] = process.argv,
): RemoteCacheHooks {
  const workspaceRoot = rootOf(folder);
  if (workspaceRoot === undefined || !hasRemoteCache(workspaceRoot, env)) return {};
  if (isOwnProcess() && willRunTasks(argv))
    startEarly({ id: `${process.pid}`, workspaceRoot, argv: [...argv] });
  return {
    async preTasksExecution(_, context) {
      if (context.argv.some((word) => SKIPS.test(word))) return;
      const added = await guarded(() => implementation(context).beforeTasks(context, options()));
      if (added) setEnvironment(added);
    },
    async postTasksExecution(_, context) {
      await guarded(() => implementation(context).afterTasks(context, options()));
    },
  };
}

/** Whether a command line of Nx names tasks. Not of all that do: the others start their proxy when tasks begin. */
export function willRunTasks(argv: readonly string[]): boolean {
  const [first = '', ...rest] = argv.slice(2);
  return /^(?:run|run-many|affected)$|:/.test(first) && !rest.some((word) => SKIPS.test(word));
}

function startEarly(context: Context): void {
  try {
    implementation(context).startEarly(context, options());
  } catch {
    // The hook says what is wrong.
  }
}

const SKIPS = /^--(?:skipRemoteCache|skip-remote-cache)(?:=true)?$/;

function hasRemoteCache(root: string, env: NodeJS.ProcessEnv): boolean {
  return Boolean(env['IMAGE_CACHE_URL']) || existsSync(join(root, 'cache.json'));
}

/** Returns the root of the workspace that a folder is in. */
function rootOf(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, 'nx.json'))) return at;
    if (dirname(at) === at) return undefined;
  }
}

/** Loaded when needed: most runs have no remote cache. */
function implementation({ workspaceRoot }: Context): Implementation {
  return createRequire(join(workspaceRoot, 'package.json'))('@image-tooling/cli/cache') as Implementation;
}

function options(): object {
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  return { env: process.env, isOwnProcess: isOwnProcess(), say };
}

/** Whether the plugin runs in Nx's own process, not in a worker. */
function isOwnProcess(): boolean {
  return !('NX_PLUGIN_WORKER' in globalThis);
}

/**
 * Nx takes what a hook sets in process.env into the environment of the run. A worker of the daemon serves other runs
 * too, so there it is taken back when the hook has ended.
 */
function setEnvironment(added: Readonly<Record<string, string>>): void {
  const before = Object.keys(added).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, added);
  if (isOwnProcess()) return;
  setImmediate(() => {
    for (const [name, value] of before)
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
  });
}

/** An error of a hook would end Nx's run. */
async function guarded<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const [why] = (error as Error).message.split('\n');
    process.stderr.write(`The remote cache is not used: ${why}\n`);
    return undefined;
  }
}
