import { keepingTerminal, run, runInForeground } from '@image-tooling/host';
import { ok, type Result } from '@image-tooling/model';
import { loadInto } from '../load/program';
import type { Session } from '../session';
import { argvOf, WORK_FOLDER, type ShellRun } from './request';

/** Runs a shell in docker or podman; loads the image unless they have it. Fails as loading does. */
export async function runInContainer(
  session: Session,
  program: 'docker' | 'podman',
  shell: ShellRun,
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
      `If ${program} can't run containers here, use the embedded engine: IMAGE_ENGINE=buildah.`,
    );
  return ok(exitCode);
}

/**
 * Exit codes of docker and podman for failures of their own or their runtime (podman-run(1), "Exit status").
 */
const OWN_FAILURES: readonly number[] = [125, 126];

/** Both accept the digest of an image's config as name, except Docker with containerd's store. */
async function referenceIn(
  session: Session,
  program: 'docker' | 'podman',
  { name, assembled }: ShellRun,
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

/** Returns the arguments of `docker run` and `podman run`. Pure. */
export function containerArgs(shell: ShellRun, reference: string): string[] {
  const { platform, terminal, folder, name } = shell;
  const [program, ...args] = argvOf(shell);
  return [
    ...['run', '--rm', '--interactive', ...(terminal ? ['--tty', '--env', 'TERM'] : [])],
    ...['--platform', platform, '--hostname', name],
    ...['--mount', `type=bind,source=${folder},target=${WORK_FOLDER}`, '--workdir', WORK_FOLDER],
    ...['--entrypoint', program, reference, ...args],
  ];
}
