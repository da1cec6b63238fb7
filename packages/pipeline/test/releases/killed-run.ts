import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FaultProxy, ProxiedRequest, RegistryFault } from '@image-tooling/testkit';
import { ageLocks, pickFrom } from '@image-tooling/testkit/helpers';
import { expect } from 'vitest';
import type { Machine } from './machine';

/** A run to kill, and the servers that it uses. */
interface RunToKill {
  readonly machine: Machine;
  /** In front of the registry. No other run may use it during this one. */
  readonly proxy: FaultProxy;
  /** Folder of the git remote, which has the hooks of `writeHooks`. */
  readonly remote: string;
  readonly random: () => number;
}

/** A run makes up to about this many requests. */
const MOST_REQUESTS = 60;
/** The largest part of a blob that the registry gets before the kill. */
const MOST_BYTES = 2000;
const SHARE_OF_PUSHES = 0.2;
/** 128 + SIGKILL. */
const KILLED = 137;

/**
 * Runs `image-tooling converge` in a process of its own, and kills it with SIGKILL at a random moment: before, during
 * or after a request to the registry, or before or after the remote has written a git tag. The process never gets the
 * answer. Returns the moment; undefined if the run ended before it.
 */
export async function killRun(run: RunToKill): Promise<string | undefined> {
  const isPush = run.random() < SHARE_OF_PUSHES;
  const moment = isPush ? await killAtPush(run) : await killAtRequest(run);
  await ageLocks(run.machine.store);
  return moment;
}

async function killAtRequest({ machine, proxy, random }: RunToKill): Promise<string | undefined> {
  const when = pickFrom(random, [
    'asked',
    'answered',
    { afterBytes: Math.floor(random() * MOST_BYTES) },
  ] as const);
  const nth = 1 + Math.floor(random() * MOST_REQUESTS);
  const { child, ended } = machine.start();
  let moment: string | undefined;
  const work = (request: ProxiedRequest): 'cut' => {
    child.kill('SIGKILL');
    moment = `${kindOf(request)} ${typeof when === 'string' ? when : partOf(request)}`;
    return 'cut';
  };
  const fault: RegistryFault = { kind: 'run', work, when };
  proxy.fault({ nth, fault });
  const { exitCode, stderr } = await ended;
  proxy.heal();
  expect(exitCode, stderr).toBe(moment === undefined ? 0 : KILLED);
  return moment;
}

function kindOf({ method, path }: ProxiedRequest): string {
  return `${method} ${/\/(blobs|manifests|tags|referrers)\//.exec(path)?.[1] ?? path}`;
}

/** Of a request without a body nothing is left to send. */
function partOf({ headers }: ProxiedRequest): string {
  return Number(headers['content-length'] ?? 0) > 0 ? 'sent in part' : 'asked';
}

async function killAtPush({ machine, remote, random }: RunToKill): Promise<string | undefined> {
  const hook = pickFrom(random, HOOKS);
  const image = pickFrom(random, ['base', 'child']);
  const { child, ended } = machine.start({ KILL_AT: `${hook} ${image}` });
  const file = join(remote, PROCESS_FILE);
  await writeFile(file, String(child.pid));
  const { exitCode, stderr } = await ended;
  await rm(file);
  expect([0, KILLED], stderr).toContain(exitCode);
  return exitCode === KILLED ? `git ${hook}` : undefined;
}

/** Run by the remote before and after it writes refs, which are their arguments (githooks(5)). */
const HOOKS = ['update', 'post-update'] as const;

/** In the folder of the remote: the process to kill. */
const PROCESS_FILE = 'process-to-kill';

/**
 * Kills that process, and itself with `git push`, which has a process group of its own. KILL_AT is of the run that
 * pushes: others may push at the same time.
 */
const HOOK = `#!/bin/sh
name=\${1#refs/tags/}
[ "$KILL_AT" != "\${0##*/} \${name%@*}" ] || kill -9 "$(cat ${PROCESS_FILE})" 0
`;

/** Lets a remote kill runs that push a git tag. */
export async function writeHooks(remote: string): Promise<void> {
  for (const name of HOOKS) {
    const file = join(remote, 'hooks', name);
    await writeFile(file, HOOK);
    await chmod(file, 0o755);
  }
}
