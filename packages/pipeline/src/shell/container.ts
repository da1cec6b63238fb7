import { keepingTerminal, run, runInForeground } from '@image-tooling/host';
import { ok, type Result } from '@image-tooling/model';
import { loadInto } from '../load/program';
import type { Session } from '../session';
import { argvOf, WORK_FOLDER, type ShellSession } from './request';

/** Runs a session in docker or podman, which are given the image unless they have it. Fails as loading does. */
export async function runInContainer(
  session: Session,
  program: 'docker' | 'podman',
  shell: ShellSession,
): Promise<Result<number>> {
  const reference = await referenceIn(session, program, shell);
  if (!reference.ok) return reference;
  const { env, context } = session;
  const argv = [program, ...containerArgs(shell, reference.value)] as const;
  const ran = await keepingTerminal(shell.terminal, () =>
    runInForeground({ argv, env, signal: context.signal }),
  );
  if (!ran.ok) return ran;
  const { exitCode } = ran.value;
  if (OWN_FAILURES.includes(exitCode))
    context.progress.note(
      `If ${program} can't run containers here: IMAGE_ENGINE=buildah takes the embedded engine.`,
    );
  return ok(exitCode);
}

/** What docker and podman end with where they or their runtime failed (podman-run(1), "Exit status"). */
const OWN_FAILURES: readonly number[] = [125, 126];

/** Both call an image by the digest of its config; Docker with containerd's store does not, and knows it by name. */
async function referenceIn(
  session: Session,
  program: 'docker' | 'podman',
  { name, assembled }: ShellSession,
): Promise<Result<string>> {
  const { env, context } = session;
  const id = assembled.configDigest;
  const has = async () => {
    const asked = await run({ argv: [program, 'image', 'inspect', id], env, signal: context.signal });
    return asked.ok && asked.value.exitCode === 0;
  };
  if (await has()) return ok(id);
  const loaded = await loadInto(session, program, assembled, `${name}:dev`);
  if (!loaded.ok) return loaded;
  return ok((await has()) ? id : loaded.value.reference);
}

/** Pure: `docker run` and `podman run` take the same. */
export function containerArgs(shell: ShellSession, reference: string): string[] {
  const { platform, terminal, folder, name } = shell;
  const [program, ...args] = argvOf(shell);
  return [
    ...['run', '--rm', '--interactive', ...(terminal ? ['--tty', '--env', 'TERM'] : [])],
    ...['--platform', platform, '--hostname', name],
    ...['--mount', `type=bind,source=${folder},target=${WORK_FOLDER}`, '--workdir', WORK_FOLDER],
    ...['--entrypoint', program, reference, ...args],
  ];
}
