import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where Debian's docker-registry puts the program. */
const PROGRAM = '/usr/bin/docker-registry';
const START_MS = 10_000;

/** Returns why no registry can be started here, as reason to skip a test, or undefined. */
export function whyNoRegistry(): string | undefined {
  return existsSync(PROGRAM) ? undefined : 'docker-registry is not installed';
}

export interface RunningProgram {
  readonly process: ChildProcess;
  readonly port: number;
}

/** Starts the program and waits until it listens. It dies with this process (prctl(2), PR_SET_PDEATHSIG). */
export async function startProgram(configFile: string, logFile: string): Promise<RunningProgram> {
  const log = await open(logFile, 'a');
  const before = (await readFile(logFile)).length;
  const child = spawn('setpriv', ['--pdeathsig', 'SIGKILL', PROGRAM, 'serve', configFile], {
    // Only these: REGISTRY_* in the environment would change the configuration. Go collects a few megabytes of garbage
    // so often by default that it is a fifth of the processor time.
    env: { PATH: process.env['PATH'], GOGC: '1000' },
    stdio: ['ignore', log.fd, log.fd],
  });
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  try {
    return { process: child, port: await Promise.race([failed, listening(child, logFile, before)]) };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    await log.close();
  }
}

async function listening(child: ChildProcess, logFile: string, from: number): Promise<number> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    // Looked at before the log: it is complete then.
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    const text = (await readFile(logFile)).subarray(from).toString();
    const port = /listening on [^ ]*:(\d+)/.exec(text)?.[1];
    if (port !== undefined) return Number(port);
    if (hasEnded || Date.now() > deadline) throw new Error(`docker-registry did not start:\n${text}`);
    await sleep(5);
  }
}

/** Sends SIGKILL and waits until the process is gone. */
export async function killProgram({ process: child }: RunningProgram): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}
