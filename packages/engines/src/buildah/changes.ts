import { discard, fullDisk, lastLines } from '@image-tooling/host';
import { readTar, rewriteEntries, type TarEntry } from '@image-tooling/layer';
import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import { overlayToLayer } from '../layers/rewrites';
import { compareWithBelow } from './noise';
import type { Rootfs } from './rootfs';
import type { Sandbox } from './sandbox';
import { saysDiskIsFull } from './tar-messages';

/**
 * The names at the top, so that tar puts no `./` before any path and the root itself is left out. tar writes the file
 * itself, in blocks of 256 KiB.
 */
const PACK = `
cd -- "$1" && find . -mindepth 1 -maxdepth 1 -printf '%P\\0' | LC_ALL=C sort -z |
tar --create --file="$2" --force-local --blocking-factor=512 \\
  --format=posix --pax-option=delete=atime,delete=ctime --numeric-owner --sort=name \\
  --xattrs --xattrs-include=security.capability --xattrs-include='*overlay*' \\
  --null --verbatim-files-from --files-from=-
`;

/**
 * Packs the step's changes into the file `to`, and returns them as entries of an OCI layer, whose contents are in that
 * file. Leaves out folders that were only touched (same owner and mode as before, without changes in them) and the root
 * folder itself. If it fails, there is no file.
 */
export async function writeChanges(
  rootfs: Rootfs,
  sandbox: Sandbox,
  to: string,
  signal: AbortSignal,
): Promise<Result<TarEntry[]>> {
  const below = await compareWithBelow(rootfs, sandbox, signal);
  if (!below.ok) return below;
  const packed = await pack(rootfs, sandbox, to, signal);
  const changes = packed.ok ? await readTar(to, undefined, { name: "The step's changes" }) : packed;
  if (!changes.ok) {
    await discard(to);
    return changes;
  }
  return ok(rewriteEntries(changes.value, overlayToLayer(below.value)));
}

async function pack(
  rootfs: Rootfs,
  sandbox: Sandbox,
  to: string,
  signal: AbortSignal,
): Promise<Result<void>> {
  const tar = await sandbox.run(['sh', '-c', PACK, 'sh', rootfs.upper, to], { signal });
  if (!tar.ok) return tar;
  return tar.value.exitCode === 0 ? ok(undefined) : fail(packFailure(to, tar.value.stderr));
}

function packFailure(to: string, stderr: string): Failure {
  const details = lastLines(stderr);
  if (saysDiskIsFull(stderr)) return fullDisk('packing the changes of a step', to, details);
  return { code: 'engine', message: `The changes of the step could not be packed into ${to}.`, details };
}
