import { randomBytes } from 'node:crypto';
import { lastLines } from '@image-tooling/host';
import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import type { CommandResult, Step, StepCommand } from '../port';
import type { HostEnv } from './configuration';
import { STEP_HOST, type Rootfs } from './rootfs';
import type { Sandbox } from './sandbox';

export interface CommandWork {
  readonly sandbox: Sandbox;
  readonly rootfs: Rootfs;
  readonly env: HostEnv;
  readonly signal: AbortSignal;
  readonly onLine?: (line: string) => void;
}

/**
 * What runs in the container: the command with exactly its environment, and its exit code behind a mark that it
 * can't know. So buildah itself always ends with 0 and adds no lines of its own to the output; 128 + the
 * signal's number is the shell's. The shell's own messages ("Killed") go nowhere: a shell that forks first, as for
 * parentheses, prints them to its own standard error, not to the command's.
 */
const RUNNER = `
umask 022
exec 3>&2 2>/dev/null
mark=$1; shift
(cd -- "$1" && shift && exec env -i "$@") 2>&3 3>&-
printf '%s %s\\n' "$mark" $? >&3
`;

/**
 * Runs one command. Every command has process ids of its own: what it leaves running ends with it.
 * Fails with `engine` where it could not be started at all, and with `aborted`.
 */
export async function runCommand(
  command: StepCommand,
  step: Step,
  { sandbox, rootfs, env, signal, onLine }: CommandWork,
): Promise<Result<CommandResult>> {
  const mark = randomBytes(16).toString('hex');
  const heard = { stdout: '', stderr: '' };
  const outcome = await sandbox.run(argvOf(command, step, rootfs, mark), {
    env,
    signal,
    timeoutSeconds: command.timeoutSeconds,
    onLine(line, from) {
      const at = line.indexOf(mark);
      if (at === 0) return;
      const text = at === -1 ? line : line.slice(0, at);
      heard[from] += `${text}\n`;
      onLine?.(text);
    },
  });
  if (!outcome.ok) {
    if (outcome.failures[0].code !== 'timeout') return outcome;
    return ok({ ...heard, exitCode: KILLED, timedOut: true });
  }
  const { stdout, stderr } = outcome.value;
  const at = stderr.lastIndexOf(mark);
  if (at === -1) return fail(notStarted(step, command, stderr));
  const exitCode = Number.parseInt(stderr.slice(at + mark.length), 10);
  return ok({ exitCode, stdout, stderr: stderr.slice(0, at), timedOut: false });
}

/** 128 + SIGKILL. */
const KILLED = 137;

function argvOf(command: StepCommand, step: Step, rootfs: Rootfs, mark: string): [string, ...string[]] {
  const env = Object.entries({ ...step.env, ...command.env }).map(([name, value]) => `${name}=${value}`);
  return [
    ...(['unshare', '--pid', '--fork', '--kill-child', '--mount-proc', '--'] as const),
    ...[
      'buildah',
      'run',
      '--isolation=chroot',
      `--hostname=${STEP_HOST}`,
      '--no-hosts',
      `--user=${command.user ?? '0:0'}`,
    ],
    ...rootfs.volumes,
    ...[rootfs.container, '--', '/bin/sh', '-c', RUNNER, 'sh', mark, command.workdir ?? '/'],
    ...env,
    ...command.argv,
  ];
}

function notStarted(step: Step, command: StepCommand, stderr: string): Failure {
  return {
    code: 'engine',
    message: `${step.label}: buildah could not run "${command.argv[0]}".`,
    hint: "The system needs /bin/sh and env, and each mount its source; the details are buildah's own words.",
    details: lastLines(stderr),
  };
}
