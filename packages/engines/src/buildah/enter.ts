import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { caught, lastLines } from '@image-tooling/host';
import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import type { Step, StepCommand } from '../port';
import { buildahCommand, type HostEnv } from './configuration';
import { Entry } from './entry';
import { AROUND, containerScript, RUN } from './entry-scripts';
import type { Places } from './places';
import { PIPES_INSIDE, STEP_HOST, type Rootfs } from './rootfs';
import type { Sandbox } from './sandbox';

export interface EntryWork {
  readonly sandbox: Sandbox;
  readonly places: Places;
  readonly rootfs: Rootfs;
  readonly env: HostEnv;
  readonly signal: AbortSignal;
}

/**
 * Enters the container as the command's user. Fails with `engine` if buildah could not start the container's shell, and
 * with `aborted`.
 */
export async function enter(command: StepCommand, step: Step, work: EntryWork): Promise<Result<Entry>> {
  const { sandbox, rootfs, env, signal } = work;
  const script = join(rootfs.pipes, RUN);
  const written = await caught(script, () => writeScript(script, containerScript(step)));
  if (!written.ok) return written;
  const user = userOf(command);
  const stopped = new AbortController();
  const stop = AbortSignal.any([signal, stopped.signal]);
  const program = await sandbox.start(argvOf(user, work), { env, signal: stop });
  if (!program.ok) return program;
  const entry = new Entry(user, program.value, () => stopped.abort());
  if (await entry.isReady()) return ok(entry);
  const ended = await program.value.ended;
  return ended.ok ? fail(await notStarted(step, command, rootfs, ended.value.stderr)) : ended;
}

/** Returns the user that buildah runs a command as. */
export function userOf({ user = '0:0' }: StepCommand): string {
  return user;
}

/** Users of the container read it, whatever umask this process has. */
async function writeScript(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o644);
}

function argvOf(
  user: string,
  { rootfs, places }: Pick<EntryWork, 'rootfs' | 'places'>,
): [string, ...string[]] {
  return [
    ...(['unshare', '--pid', '--fork', '--kill-child', '--mount-proc', '--'] as const),
    ...['sh', '-c', AROUND, 'sh', rootfs.pipes],
    ...buildahCommand(places),
    ...['run', '--isolation=chroot', `--hostname=${STEP_HOST}`, '--no-hosts'],
    ...[`--user=${user}`, ...rootfs.volumes, rootfs.container, '--', '/bin/sh', `${PIPES_INSIDE}/${RUN}`],
  ];
}

async function notStarted(
  step: Step,
  command: StepCommand,
  { pipes }: Rootfs,
  stderr: string,
): Promise<Failure> {
  const said = await readFile(`${pipes}.said`, 'utf8').catch(() => '');
  return {
    code: 'engine',
    message: `${step.label}: buildah could not run "${command.argv[0]}".`,
    hint: "The system needs /bin/sh and env, and each mount its source; the details are buildah's own output.",
    details: lastLines(said === '' ? stderr : said),
  };
}
