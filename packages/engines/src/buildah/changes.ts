import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { discard, failureOf, lastLines, newOwnedName } from '@image-tooling/host';
import { rewriteTar } from '@image-tooling/layer';
import { fail, ok, type Result } from '@image-tooling/model';
import { overlayToLayer } from '../layers/rewrites';
import { compareWithBelow } from './noise';
import type { Rootfs } from './rootfs';
import type { Sandbox } from './sandbox';

/** The names at the top, so that tar puts no `./` before any path and the root itself is left out. */
const PACK = `
cd -- "$1" && find . -mindepth 1 -maxdepth 1 -printf '%P\\0' | LC_ALL=C sort -z |
tar --create --file=- --format=posix --pax-option=delete=atime,delete=ctime --numeric-owner --sort=name \\
  --xattrs --xattrs-include=security.capability --xattrs-include='*overlay*' \\
  --null --verbatim-files-from --files-from=-
`;

/**
 * Writes the step's changes as an OCI layer tar, completely or not at all. Leaves out folders that were only
 * touched (same owner and mode as before, without changes in them) and the root folder itself.
 */
export async function writeChanges(
  rootfs: Rootfs,
  sandbox: Sandbox,
  to: string,
  signal: AbortSignal,
): Promise<Result<void>> {
  const below = await compareWithBelow(rootfs, sandbox, signal);
  if (!below.ok) return below;
  const tar = await sandbox.start(['sh', '-c', PACK, 'sh', rootfs.upper], { signal });
  if (!tar.ok) return tar;
  const temporary = `${to}.${newOwnedName()}.tmp`;
  try {
    const layer = Readable.from(
      rewriteTar(tar.value.stdout, "The step's changes", overlayToLayer(below.value)),
    );
    await pipeline(layer, createWriteStream(temporary), { signal });
    const end = await tar.value.ended;
    if (!end.ok || end.value.exitCode !== 0) await discard(temporary);
    if (!end.ok) return end;
    if (end.value.exitCode !== 0) return fail(packFailure(to, end.value.stderr));
    await rename(temporary, to);
    return ok(undefined);
  } catch (error) {
    tar.value.stdout.destroy();
    const end = await tar.value.ended;
    await discard(temporary);
    if (!end.ok) return end;
    return fail(failureOf(error, to));
  }
}

function packFailure(to: string, stderr: string) {
  return {
    code: 'engine',
    message: `The changes of the step could not be packed into ${to}.`,
    details: lastLines(stderr),
  } as const;
}
