import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ioFailure, writeFileAtomic, withLock } from '@image-tooling/host';
import { fail, hexOf, ok, type Result } from '@image-tooling/model';
import { readLayer } from '../../layers/read';
import { newOwnedName } from '../../owners';
import type { SystemLayer } from '../../port';
import { rewriteTar, type Rewritten, type TarEntry } from '../../tar/rewrite';
import { layerToAdd, type Hidden } from '../../tar/whiteouts';
import type { Places } from './places';

/** A layer as Dockerfile's ADD can unpack it: that applies no whiteouts. */
export interface AddedLayer {
  /** Of the diff id. */
  readonly hex: string;
  /** The blob itself, or a rewritten tar. */
  readonly path: string;
  /** What it hides of the layers below. */
  readonly hidden: Hidden;
}

interface Findings {
  readonly hidden: Hidden;
  /** Whether the tar holds what ADD can't be given. */
  readonly isRewritten: boolean;
}

/**
 * The layers of a system as the engine gets them, bottom first. Each is read once and checked: what was found is
 * remembered by diff id. Fails with `tar-format`, `checksum` (the tar is not what the diff id says), `disk-full`.
 */
export async function addedLayers(
  system: readonly SystemLayer[],
  places: Places,
  signal: AbortSignal,
): Promise<Result<AddedLayer[]>> {
  const added: AddedLayer[] = [];
  for (const layer of system) {
    const hex = hexOf(layer.diffId);
    const rewritten = join(places.layers, `${hex}.tar`);
    const findings = await findingsOf(layer, rewritten, places, signal);
    if (!findings.ok) return findings;
    const { hidden, isRewritten } = findings.value;
    added.push({ hex, path: isRewritten ? rewritten : layer.path, hidden });
  }
  return ok(added);
}

async function findingsOf(
  layer: SystemLayer,
  rewritten: string,
  places: Places,
  signal: AbortSignal,
): Promise<Result<Findings>> {
  const record = rewritten.replace(/tar$/, 'json');
  const known = await recorded(record);
  if (known) return ok(known);
  return withLock(join(places.locks, hexOf(layer.diffId)), signal, async () => {
    const meanwhile = await recorded(record);
    if (meanwhile) return ok(meanwhile);
    const found = await examine(layer, rewritten, signal);
    if (!found.ok) return found;
    const written = await writeFileAtomic(record, JSON.stringify(found.value));
    return written.ok ? found : written;
  });
}

async function recorded(path: string): Promise<Findings | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Findings);
}

/** Reads a layer, and once more to rewrite it where that is called for. */
async function examine(
  layer: SystemLayer,
  rewritten: string,
  signal: AbortSignal,
): Promise<Result<Findings>> {
  const paths: string[] = [];
  const folders: string[] = [];
  const sorted = layerToAdd({ paths, folders });
  let isRewritten = false;
  const look = (entry: TarEntry): Rewritten => {
    const written = sorted(entry);
    isRewritten ||= written.blocks.length === 0;
    return { blocks: [], withData: false };
  };
  const read = await readLayer(layer, signal, async (tar) => {
    for await (const chunk of rewriteTar(tar, look)) void chunk;
  });
  if (!read.ok) return read;
  const findings = { hidden: { paths, folders }, isRewritten };
  if (!isRewritten) return ok(findings);
  const done = await rewrite(layer, rewritten, signal);
  return done.ok ? ok(findings) : done;
}

async function rewrite(layer: SystemLayer, to: string, signal: AbortSignal): Promise<Result<void>> {
  const temporary = `${to}.${newOwnedName()}.tmp`;
  try {
    await mkdir(join(to, '..'), { recursive: true });
    const read = await readLayer(layer, signal, (tar) =>
      pipeline(
        Readable.from(rewriteTar(tar, layerToAdd({ paths: [], folders: [] }))),
        createWriteStream(temporary, { flush: true }),
        { signal },
      ),
    );
    if (read.ok) await rename(temporary, to);
    return read;
  } catch (error) {
    return fail(ioFailure(error, to));
  } finally {
    await rm(temporary, { force: true });
  }
}
