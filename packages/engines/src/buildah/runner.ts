import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { KEPT_BYTES, KeptOutput, lastLines } from '@image-tooling/host';
import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import type { CommandResult, Step, StepCommand } from '../port';
import { buildahCommand, type HostEnv } from './configuration';
import type { Places } from './places';
import { PIPES_INSIDE, STEP_HOST, type Rootfs } from './rootfs';
import type { Sandbox } from './sandbox';

export interface CommandWork {
  readonly sandbox: Sandbox;
  readonly places: Places;
  readonly rootfs: Rootfs;
  readonly env: HostEnv;
  readonly signal: AbortSignal;
  readonly onLine?: (line: string) => void;
}

/**
 * The script in the container: runs the command with exactly its environment, and prints its exit code and
 * time after a mark that it can't know; the shell gives 128 + the signal's number. Output goes through our
 * own pipes: buildah 1.28 sometimes loses the end of it, and adds lines of its own. The shell's messages
 * ("Killed") are discarded: a shell that forks first, as for parentheses, prints them to its own standard
 * error, not to the command's.
 */
const INSIDE = `
umask 022
exec 2> /dev/null 3> ${PIPES_INSIDE}/err 4> ${PIPES_INSIDE}/out
mark=$1; shift
read begin rest < /proc/uptime
(cd -- "$1" && shift && exec env -i "$@") >&4 2>&3 3>&- 4>&-
code=$?
read end rest < /proc/uptime
printf '%s %s %s %s\\n' "$mark" "$code" "$begin" "$end" >&3
`;

/** The script around buildah: copies the two pipes until no process has them open. */
const OUTSIDE = `
pipes=$1; shift
[ -p "$pipes/out" ] || mkfifo -m 666 -- "$pipes/out" "$pipes/err"
cat < "$pipes/out" & cat < "$pipes/err" >&2 &
exec 3> "$pipes/out" 4> "$pipes/err"
unshare --pid --fork --kill-child --mount-proc -- "$@" > "$pipes.said" 2>&1 3>&- 4>&-
exec 3>&- 4>&-
wait
`;

/**
 * Runs one command. Every command has its own pid namespace: its remaining processes end with it. Fails with
 * `engine` if it could not be started, and with `aborted`.
 */
export async function runCommand(
  command: StepCommand,
  step: Step,
  { sandbox, places, rootfs, env, signal, onLine }: CommandWork,
): Promise<Result<CommandResult>> {
  const mark = randomBytes(16).toString('hex');
  const heard = { stdout: new KeptOutput(), stderr: new KeptOutput() };
  const began = performance.now();
  const outcome = await sandbox.run(argvOf(command, step, { rootfs, places }, mark), {
    env,
    signal,
    timeoutSeconds: command.timeoutSeconds,
    ...(command.wholeOutput !== true && { keepBytes: KEPT_BYTES }),
    onLine(line, from) {
      const at = line.indexOf(mark);
      if (at === 0) return;
      const text = at === -1 ? line : line.slice(0, at);
      heard[from].add(Buffer.from(`${text}\n`));
      onLine?.(text);
    },
  });
  if (!outcome.ok) {
    if (outcome.failures[0].code !== 'timeout') return outcome;
    const seconds = rounded((performance.now() - began) / 1000);
    const [stdout, stderr] = [heard.stdout.text(), heard.stderr.text()];
    return ok({ stdout, stderr, exitCode: KILLED, timedOut: true, seconds });
  }
  const { stdout, stderr } = outcome.value;
  const at = stderr.lastIndexOf(mark);
  if (at === -1) return fail(notStarted(step, command, await saidBy(rootfs)));
  const [exitCode = NaN, begin = NaN, end = NaN] = stderr
    .slice(at + mark.length + 1)
    .split(' ')
    .map(Number);
  return ok({
    exitCode,
    stdout,
    stderr: stderr.slice(0, at),
    timedOut: false,
    seconds: rounded(end - begin),
  });
}

/** Rounds to the precision of /proc/uptime (proc(5)). */
function rounded(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}

/** 128 + SIGKILL. */
const KILLED = 137;

function argvOf(
  command: StepCommand,
  step: Step,
  { rootfs, places }: Pick<CommandWork, 'rootfs' | 'places'>,
  mark: string,
): [string, ...string[]] {
  const env = Object.entries({ ...step.env, ...command.env }).map(([name, value]) => `${name}=${value}`);
  return [
    ...(['sh', '-c', OUTSIDE, 'sh', rootfs.pipes] as const),
    ...buildahCommand(places),
    ...['run', '--isolation=chroot', `--hostname=${STEP_HOST}`, '--no-hosts'],
    ...[`--user=${command.user ?? '0:0'}`, ...rootfs.volumes, rootfs.container, '--'],
    ...['/bin/sh', '-c', INSIDE, 'sh', mark, command.workdir ?? '/', ...env, ...command.argv],
  ];
}

async function saidBy({ pipes }: Rootfs): Promise<string> {
  return readFile(`${pipes}.said`, 'utf8').catch(() => '');
}

function notStarted(step: Step, command: StepCommand, said: string): Failure {
  return {
    code: 'engine',
    message: `${step.label}: buildah could not run "${command.argv[0]}".`,
    hint: "The system needs /bin/sh and env, and each mount its source; the details are buildah's own output.",
    details: lastLines(said),
  };
}
