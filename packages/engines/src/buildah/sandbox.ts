import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { killGroup, mustRun, run, start, type HostResult, type RunningCommand } from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';
import { buildahCommand, type HostEnv } from './configuration';
import type { Places } from './places';
import { OWN_DEVICES } from './sandbox-devices';

type Argv = readonly [string, ...string[]];

/**
 * Namespaces of our own (mounts, processes, network, and users where we are not root), in which a whole step
 * happens. They end with us, however we end: their first process reads our pipe, and the kernel kills all
 * the others and drops all mounts with it.
 */
export interface Sandbox {
  /** The prefix for a program's arguments that makes it run inside, for callers that start it themselves. */
  readonly enter: readonly [string, ...string[]];
  /**
   * The users and groups of this machine that those inside are mapped to (user_namespaces(7), uid_map and
   * gid_map).
   */
  readonly idMaps: string;
  /** Runs a host program inside; an exit code is no failure. */
  run(argv: Argv, options: InsideOptions): Promise<Result<HostResult>>;
  /** Runs a host program inside; an exit code other than 0 is a failure. */
  mustRun(argv: Argv, options: InsideOptions): Promise<Result<HostResult>>;
  /** Starts a host program inside, with its streams for the caller. */
  start(argv: Argv, options: InsideOptions): Promise<Result<RunningCommand>>;
  /** Ends everything inside, and waits for it. Safe to call twice. */
  close(): Promise<void>;
}

export interface InsideOptions {
  readonly signal: AbortSignal;
  readonly timeoutSeconds?: number;
  readonly keepBytes?: number;
  readonly onLine?: (line: string, from: 'stdout' | 'stderr') => void;
  readonly env?: HostEnv;
}

export interface SandboxOptions {
  readonly network: 'none' | 'host';
  readonly isRoot: boolean;
  readonly env: HostEnv;
  readonly places: Places;
}

const OPEN_TIMEOUT_SECONDS = 20;
const CLOSE_MS = 5000;

/**
 * The script of the first process: it gives the sandbox its own /dev, prints its id on the host and its
 * network interfaces, mounts the /sys of its own network, brings the loopback up (SIOCSIFFLAGS, netdevice(7);
 * a system without iproute2 has perl), and waits for the end of its input.
 */
const INIT = `
${OWN_DEVICES}
read pid rest < /proc/self/stat
mount -t sysfs -o ro sysfs /sys 2> /dev/null
[ "$1" = host ] || perl -e 'socket(my $s, 2, 2, 0); ioctl($s, 0x8914, pack("a16s", "lo", 1))'
echo "$pid" $(tail -n +3 /proc/net/dev | cut -d : -f 1)
exec cat > /dev/null
`;

/** Creates the namespaces. Fails with `no-engine` if the machine does not allow them. */
export async function openSandbox(options: SandboxOptions): Promise<Result<Sandbox>> {
  const unshare = ['unshare', '--mount', '--pid', '--uts', '--ipc', '--fork', '--kill-child'];
  const network = options.network === 'none' ? ['--net'] : [];
  const argv = [...enterUsers(options), ...unshare, ...network, 'sh', '-c', INIT, 'sh', options.network];
  const started = await start({ argv: argv as [string, ...string[]], env: options.env });
  if (!started.ok) return started;
  const holder = started.value;
  const greeting = await firstLine(holder);
  if (greeting === undefined) return fail(await refused(holder));
  const [pid = '', ...interfaces] = greeting.split(' ');
  const sandbox = sandboxAt(pid, await idMapsOf(pid), holder, options);
  if (options.network === 'host' || interfaces.join() === 'lo') return ok(sandbox);
  await sandbox.close();
  return fail({
    code: 'engine',
    message: `A step without network was given the interfaces ${interfaces.join(', ')}; only lo was expected.`,
    hint: 'Please report this with the output of "unshare --net cat /proc/net/dev".',
  });
}

/** Returns the command that gives a program the subordinate ids of an ordinary user; empty for root. */
export function enterUsers(options: { readonly isRoot: boolean; readonly places: Places }): string[] {
  return options.isRoot ? [] : [...buildahCommand(options.places), 'unshare'];
}

/** Returns both maps from the view of this process, one range a line. */
async function idMapsOf(pid: string): Promise<string> {
  const maps = await Promise.all(
    ['uid_map', 'gid_map'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')),
  );
  return maps.map((map) => map.replace(/ +/g, ' ')).join('groups\n');
}

function sandboxAt(pid: string, idMaps: string, holder: RunningCommand, options: SandboxOptions): Sandbox {
  const users = options.isRoot ? [] : ['--user', '--preserve-credentials'];
  const network = options.network === 'none' ? ['--net'] : [];
  const enter = [
    'nsenter',
    '--target',
    pid,
    ...users,
    '--mount',
    '--pid',
    '--uts',
    '--ipc',
    ...network,
    '--',
  ];
  const inside = (argv: Argv, { env, ...rest }: InsideOptions) => ({
    argv: [...enter, ...argv] as [string, ...string[]],
    env: env ?? options.env,
    // Everything inside may be killed: nothing needs a cleanup.
    graceSeconds: 0,
    ...rest,
  });
  return {
    enter: enter as [string, ...string[]],
    idMaps,
    run: (argv, rest) => run(inside(argv, rest)),
    mustRun: (argv, rest) => mustRun(inside(argv, rest)),
    start: (argv, rest) => start(inside(argv, rest)),
    close: () => closeHolder(holder),
  };
}

async function closeHolder(holder: RunningCommand): Promise<void> {
  holder.stdin.destroy();
  const late = new AbortController();
  const ended = holder.ended.then(() => late.abort());
  await Promise.race([ended, sleep(CLOSE_MS, undefined, { signal: late.signal }).catch(() => undefined)]);
  if (!late.signal.aborted) killGroup(holder.pid, 'SIGKILL');
  await ended;
}

async function firstLine(holder: RunningCommand): Promise<string | undefined> {
  const lines = createInterface({ input: holder.stdout });
  const giveUp = AbortSignal.timeout(OPEN_TIMEOUT_SECONDS * 1000);
  const line = once(lines, 'line', { signal: giveUp }).then(([text]) => String(text));
  const end = Promise.race([once(lines, 'close'), holder.ended]).then(() => undefined);
  return Promise.race([line, end]).catch(() => undefined);
}

async function refused(holder: RunningCommand) {
  holder.stdin.destroy();
  const end = await Promise.race([holder.ended, sleep(CLOSE_MS)]);
  const said = end?.ok === true ? end.value.stderr.trim().split('\n').slice(-5) : [];
  return {
    code: 'no-engine',
    message: 'This machine does not allow the namespaces that a step runs in.',
    hint:
      'As an ordinary user: install uidmap, add subordinate ids (./bootstrap shows how), and allow user namespaces ' +
      '(sysctl user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns). In a container: run it privileged.',
    details: said,
  } as const;
}
