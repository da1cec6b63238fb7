import { resolve } from 'node:path';
import { STDOUT } from '@image-tooling/host';
import { fail, ok, type Compression, type Result } from '@image-tooling/model';
import { parseTarget, type ExportTarget } from '@image-tooling/oci';

/** The target of a load: a container program of this machine, or a path. */
export type LoadTarget = { readonly program: 'docker' | 'podman' } | { readonly place: ExportTarget };

/**
 * Reads `docker`, `podman`, `oci:<folder>` or `oci-archive:<file>` (paths relative to `cwd`; `-` is standard
 * output). Fails with `usage`.
 */
export function parseLoadTarget(text: string, cwd: string): Result<LoadTarget> {
  if (text === 'docker' || text === 'podman') return ok({ program: text });
  const place = parseTarget(text);
  if (!place.ok)
    return fail({
      code: 'usage',
      message: `"${text}" is not a target for an image.`,
      hint: 'Write --to=docker, --to=podman, --to=oci:<folder> or --to=oci-archive:<file>.',
    });
  const { format, path } = place.value;
  return ok({ place: { format, path: path === STDOUT ? path : resolve(cwd, path) } });
}

const COMPRESSIONS: readonly string[] = ['none', 'gzip', 'zstd'] satisfies Compression[];

/** Reads a `--compression`. Fails with `usage`. */
export function parseCompression(text: string): Result<Compression> {
  if (COMPRESSIONS.includes(text)) return ok(text as Compression);
  return fail({
    code: 'usage',
    message: `"${text}" is not a supported compression.`,
    hint: `Write --compression=${COMPRESSIONS.join(', --compression=')}.`,
  });
}
