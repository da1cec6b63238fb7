import { run } from '@image-tooling/host/process';
import type { Host } from '../command-line/types';

export const ENGINES = ['docker', 'podman', 'nerdctl'] as const;
export type Engine = (typeof ENGINES)[number];

/** Long enough for Podman on a slow disk, and for a virtual machine that is waking up. */
const SECONDS = 20;

/** What an engine's program said to a question. */
export interface Answer {
  /** Undefined if there is no such program. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Asks an engine's program. One that hangs counts as failed. */
export async function ask({ env }: Host, program: string, ...args: readonly string[]): Promise<Answer> {
  const asked = await run({ argv: [program, ...args], env, timeoutSeconds: SECONDS });
  if (asked.ok) return asked.value;
  const [{ code, message }] = asked.failures;
  return { exitCode: code === 'command-missing' ? undefined : 1, stdout: '', stderr: message };
}

/** Returns the wanted engine if it answers, or the first one that does; undefined if none does. */
export async function answeringEngine(host: Host, wanted: string | undefined): Promise<Engine | undefined> {
  const order = ENGINES.filter((engine) => wanted === undefined || engine === wanted);
  const answers = await Promise.all(order.map(async (engine) => doesAnswer(host, engine)));
  return order.find((_, index) => answers[index]);
}

/** `docker` may be Podman under another name (podman-docker): then the alias calls Podman. */
async function doesAnswer(host: Host, engine: Engine): Promise<boolean> {
  const { exitCode, stdout, stderr } = await ask(host, engine, ...VERSION[engine]);
  return exitCode === 0 && !(engine === 'docker' && /podman/i.test(stdout + stderr));
}

const VERSION: Readonly<Record<Engine, readonly string[]>> = {
  docker: ['version', '--format', '{{.Server.Version}} {{.Client.Version}}'],
  podman: ['version', '--format', '{{.Client.Version}}'],
  nerdctl: ['version', '--format', '{{.Client.Version}}'],
};
