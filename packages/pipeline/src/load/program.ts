import { lastLines, start } from '@image-tooling/host';
import { fail, ok, type ProgressStep, type Result } from '@image-tooling/model';
import { streamDockerArchive, type AssembledImage } from '@image-tooling/oci';
import type { Session } from '../session';

/** The result of a load. */
export interface Loaded {
  readonly manifestDigest: string;
  /** The reference of the loaded image. */
  readonly reference: string;
}

/**
 * Loads an image into docker or podman, as an archive of uncompressed layers that every version reads. Fails
 * with `command-missing`, `command-failed` (with its last lines) or `aborted`.
 */
export async function loadInto(
  session: Session,
  program: 'docker' | 'podman',
  image: AssembledImage,
  reference: string,
): Promise<Result<Loaded>> {
  const { store, context } = session;
  const started = await start({ argv: [program, 'load'], signal: context.signal, env: session.env });
  if (!started.ok) return started.failures[0].code === 'command-missing' ? missing(program) : started;
  const step = context.progress.step(`${reference}: ${program} load`);
  const { stdin, stdout, ended } = started.value;
  stdout.resume();
  const sent = await streamDockerArchive(image, stdin, {
    ...{ store, reference, signal: context.signal },
    onBytes: percentOf(step),
  });
  const end = await ended;
  if (end.ok && end.value.exitCode === 0 && sent.ok) {
    step.done({ origin: 'built' });
    return ok({ manifestDigest: image.manifestDigest, reference });
  }
  step.failed();
  if (!end.ok) return end;
  return end.value.exitCode === 0
    ? (sent as Extract<typeof sent, { ok: false }>)
    : refused(program, end.value);
}

function missing(program: string): Result<never> {
  return fail({
    code: 'command-missing',
    message: `The program "${program}" is not on this machine.`,
    hint: 'Install it, or write the image to a folder: --to=oci:<folder>.',
  });
}

function refused(program: string, { exitCode, stderr }: { exitCode: number; stderr: string }): Result<never> {
  return fail({
    code: 'command-failed',
    message: `"${program} load" ended with exit code ${exitCode}.`,
    hint: program === 'docker' ? 'Is the Docker daemon running? Try: docker info' : 'Try: podman info',
    details: lastLines(stderr),
  });
}

/** Shows a step's share of bytes as its status: "42 %". */
export function percentOf(step: ProgressStep): (done: number, total: number) => void {
  return (done, total) => step.status(`${Math.floor((100 * done) / Math.max(total, 1))} %`);
}
