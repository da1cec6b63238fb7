import { readFile } from 'node:fs/promises';
import { startService } from '@image-tooling/host';
import { jsonObject } from '@image-tooling/model';
import type { ProxyAddress } from '../proxy/server';
import { askProxy } from './ask-proxy';
import { addressFile } from './files';
import { processesOfRun, processesText } from './watch';

/** What Nx passes to both hooks of a plugin. */
export interface RunContext {
  /** The same before and after the tasks. */
  readonly id: string;
  readonly workspaceRoot: string;
  /** Of Nx's command line. */
  readonly argv: readonly string[];
}

export interface HookOptions {
  /** The file to start image-tooling with. */
  readonly command: string;
  /** Whether this is Nx's own process, not a worker for plugins. */
  readonly isOwnProcess: boolean;
  readonly env: NodeJS.ProcessEnv;
  /** Prints a line for the user. */
  readonly say: (line: string) => void;
}

/** The one line that a proxy prints: where it is, or why it did not start. */
export type Greeting = ProxyAddress | { readonly off: readonly string[] };

const SERVER = 'NX_SELF_HOSTED_REMOTE_CACHE_SERVER';
const TOKEN = 'NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN';
/** The proxy of the Nx run whose task started this Nx run. */
const OUTER = 'IMAGE_CACHE_PROXY';

/** Without an address Nx uses no cache. One that the user set would be used unchecked. */
const NO_CACHE = { [SERVER]: '', [TOKEN]: '' };

const START_SECONDS = 20;
const ALIVE_MS = 1000;
/** More than a proxy waits for its uploads (`drainMs`). */
const END_MS = 660_000;

/** What the proxy of a run said; undefined: it uses that of the run around it. */
type Started = Promise<Greeting | undefined>;

/** The proxy of Nx's own process, which has one run at a time. */
let own: Started | undefined;

/**
 * Starts the proxy for a run in Nx's own process before the hook is called: Nx reads the workspace first, on one core.
 * If Nx then ends without tasks, so does the proxy.
 */
export function startEarly(context: RunContext, options: HookOptions): void {
  own = start(context, options);
}

/**
 * Starts the proxy for a run of Nx, if it was not started before. Returns the environment that leads Nx to it; without a
 * proxy, one in which Nx uses no remote cache, and says why.
 */
export async function beforeTasks(
  context: RunContext,
  options: HookOptions,
): Promise<Record<string, string>> {
  const started = (options.isOwnProcess ? own : undefined) ?? start(context, options);
  if (options.isOwnProcess) own = started;
  const greeting = await started;
  if (!greeting) return {};
  if ('off' in greeting) {
    greeting.off.forEach((line) => options.say(line));
    return NO_CACHE;
  }
  const { url, token } = greeting;
  return { [SERVER]: url, [TOKEN]: token, [OUTER]: `${url} ${token}`, ...withoutProxy(options.env) };
}

/** Ends the proxy of a run, after its uploads, and prints what the cache did. */
export async function afterTasks(context: RunContext, options: HookOptions): Promise<void> {
  const address = await addressOf(context, options);
  if (!address) return;
  const text = await askProxy(address, 'POST', '/v1/end', END_MS);
  const lines = text === undefined ? [] : text.split('\n').filter((line) => line !== '');
  lines.forEach((line) => options.say(line));
  // In Nx's own process the variables would lead its next run to a proxy that has ended.
  if (options.isOwnProcess)
    [SERVER, TOKEN, OUTER].forEach((name) => Reflect.deleteProperty(options.env, name));
}

/** Between the hooks, Nx's daemon has many runs. */
async function addressOf(
  { workspaceRoot, id }: RunContext,
  { isOwnProcess }: HookOptions,
): Promise<ProxyAddress | undefined> {
  if (!isOwnProcess) {
    const found = await readFile(addressFile(workspaceRoot, id)).then(jsonObject, () => undefined);
    return found as ProxyAddress | undefined;
  }
  const greeting = await own;
  own = undefined;
  return greeting && 'url' in greeting ? greeting : undefined;
}

async function start(context: RunContext, options: HookOptions): Started {
  return (await isInsideRun(options.env)) ? undefined : startProxy(context, options);
}

async function isInsideRun(env: NodeJS.ProcessEnv): Promise<boolean> {
  const [url, token = ''] = env[OUTER]?.split(' ') ?? [];
  if (url === undefined || url !== env[SERVER]) return false;
  return (await askProxy({ url, token }, 'GET', '/v1/alive', ALIVE_MS)) !== undefined;
}

async function startProxy(
  context: RunContext,
  { command, isOwnProcess, env }: HookOptions,
): Promise<Greeting> {
  const watched = processesText(processesOfRun(context.argv, isOwnProcess));
  const started = await startService({
    argv: [process.execPath, command, 'cache', 'proxy', `--run=${context.id}`, `--watch=${watched}`],
    cwd: context.workspaceRoot,
    env,
    timeoutSeconds: START_SECONDS,
  });
  const why = started.ok ? 'its proxy did not start' : started.failures[0].message;
  const greeting = started.ok ? jsonObject(Buffer.from(started.value)) : undefined;
  return greeting ? (greeting as unknown as Greeting) : { off: [`The remote cache is not used: ${why}`] };
}

/** Nx's HTTP client would send requests for 127.0.0.1 to the proxy of the environment. */
function withoutProxy(env: NodeJS.ProcessEnv): Record<string, string> {
  const isProxied = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'].some((name) => env[name]);
  if (!isProxied) return {};
  const hosts = new Set([...(env['NO_PROXY'] ?? env['no_proxy'] ?? '').split(','), '127.0.0.1']);
  const value = [...hosts].filter((host) => host !== '').join(',');
  return { NO_PROXY: value, no_proxy: value };
}
