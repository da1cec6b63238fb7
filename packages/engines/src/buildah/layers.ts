import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { caught, caughtResult, fullDisk, lastLines, newOwnedName, withLock } from '@image-tooling/host';
import { rewriteTar } from '@image-tooling/layer';
import { digestOf, fail, hexOf, ok, type Failure, type Result } from '@image-tooling/model';
import { layerName, readLayer } from '../layers/read';
import { layerToOverlay } from '../layers/rewrites';
import type { SystemLayer } from '../port';
import type { Places } from './places';
import type { Sandbox } from './sandbox';
import { saysDiskIsFull, saysUnknownOwner } from './tar-messages';

export interface LayerWork {
  readonly places: Places;
  readonly sandbox: Sandbox;
  readonly signal: AbortSignal;
  /** `trusted.overlay.opaque`, or `user.overlay.opaque` if we are not root. */
  readonly opaqueXattr: string;
}

/**
 * Returns the unpacked folders of a system's layers, bottom first. Each layer is unpacked once, by diff id,
 * and shared by all steps. Fails with `tar-format`, `checksum` (the diff id of the tar differs), `disk-full`.
 */
export async function unpackedLayers(
  system: readonly SystemLayer[],
  work: LayerWork,
): Promise<Result<string[]>> {
  const folders: string[] = [];
  for (const layer of system) {
    const folder = await unpacked(layer, work);
    if (!folder.ok) return folder;
    folders.push(folder.value);
  }
  return ok(folders);
}

async function unpacked(layer: SystemLayer, work: LayerWork): Promise<Result<string>> {
  const home = join(work.places.layers, hexOf(layer.diffId).slice(0, 32));
  const tree = join(home, ownersKey(work.sandbox));
  if (await isWhole(tree)) return ok(tree);
  return withLock(join(work.places.locks, hexOf(layer.diffId)), work.signal, async () => {
    if (await isWhole(tree)) return ok(tree);
    const temporary = join(work.places.layers, `new-${newOwnedName()}`);
    const done = await unpackInto(temporary, layer, work);
    if (!done.ok) return done;
    await work.sandbox.run(['rm', '-rf', '--', tree, bootFile(tree)], { signal: work.signal });
    return caught(tree, async () => {
      await mkdir(home, { recursive: true });
      await rename(temporary, tree);
      await writeFile(bootFile(tree), await bootId());
      return tree;
    });
  });
}

/**
 * Returns the name of a tree by the users that it was unpacked for: an ordinary user's has subordinate ids
 * for owners, and would give root, or another range of such ids, wrong ones. Short, since all lower folders
 * must fit into one mount option of a page (mount(2)).
 */
function ownersKey({ idMaps }: Pick<Sandbox, 'idMaps'>): string {
  return hexOf(digestOf(idMaps)).slice(0, 8);
}

/**
 * Unpacking does not sync, so a folder is only valid until the next boot: after a power failure, parts of it
 * may be missing.
 */
async function isWhole(tree: string): Promise<boolean> {
  const boot = await readFile(bootFile(tree), 'utf8').catch(() => undefined);
  return boot !== undefined && boot === (await bootId());
}

function bootFile(tree: string): string {
  return `${tree}.boot`;
}

async function bootId(): Promise<string> {
  return readFile('/proc/sys/kernel/random/boot_id', 'utf8');
}

const EXTRACT = [
  ...['tar', '--extract', '--file=-', '--preserve-permissions', '--same-owner', '--numeric-owner'],
  ...['--xattrs', '--xattrs-include=*', '--warning=no-timestamp', '--directory'],
] as const;

function unpackInto(folder: string, layer: SystemLayer, work: LayerWork): Promise<Result<void>> {
  return caughtResult(folder, async () => {
    await mkdir(folder, { recursive: true });
    const tar = await work.sandbox.start([...EXTRACT, folder] as [string, ...string[]], {
      signal: work.signal,
    });
    if (!tar.ok) return tar;
    tar.value.stdout.resume();
    const fed = await feed(layer, tar.value.stdin, work);
    const end = await tar.value.ended;
    if (!end.ok) return end;
    // If reading the layer fails, tar fails too; if tar fails, the pipe to it fails with "io".
    if (!fed.ok && fed.failures[0].code !== 'io') return fed;
    if (end.value.exitCode !== 0) return fail(unpackFailure(layer, folder, end.value.stderr));
    return fed;
  });
}

/** Converts blob → tar → the tar that an overlay's lower folder is unpacked from. */
async function feed(
  layer: SystemLayer,
  sink: NodeJS.WritableStream,
  { opaqueXattr, signal }: LayerWork,
): Promise<Result<void>> {
  const read = await readLayer(layer, signal, (tar) =>
    pipeline(Readable.from(rewriteTar(tar, layerName(layer), layerToOverlay(opaqueXattr))), sink, { signal }),
  );
  if (!read.ok) sink.end();
  return read;
}

function unpackFailure(layer: SystemLayer, folder: string, stderr: string): Failure {
  const details = lastLines(stderr);
  if (saysDiskIsFull(stderr)) return fullDisk(`unpacking the layer ${layer.path}`, folder, details);
  if (saysUnknownOwner(stderr))
    return {
      code: 'engine',
      message: `The layer ${layer.path} has owners that this user has no subordinate id for.`,
      hint: 'Have at least 65536 subordinate ids in /etc/subuid and /etc/subgid.',
      details,
    };
  return { code: 'tar-format', message: `The layer ${layer.path} could not be unpacked.`, details };
}
