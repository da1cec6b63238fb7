import { createWriteStream } from 'node:fs';
import { access, mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { discard, ioFailure, newOwnedName, withLock, writeFileAtomic } from '@image-tooling/host';
import { REMOVED, rewriteTar, type Rewritten, type TarEntry } from '@image-tooling/layer';
import { fail, hexOf, ok, type Failure, type Result } from '@image-tooling/model';
import { layerName, readLayer } from '../../layers/read';
import { layerToAdd } from '../../layers/rewrites';
import type { SystemLayer } from '../../port';
import type { Places } from './places';

/** A layer as Dockerfile's ADD can unpack it: that applies no whiteouts. */
export interface AddedLayer {
  /** The blob itself, or a rewritten tar. */
  readonly path: string;
  /** What it hides of the layers below: paths in the system. */
  readonly hidden: readonly string[];
}

interface Findings {
  readonly hidden: readonly string[];
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
    const odd = hidden.find((path) => !isPlain(path));
    if (odd !== undefined) return fail(notHidden(layer, odd));
    added.push({ path: isRewritten ? rewritten : layer.path, hidden });
  }
  return ok(added);
}

async function findingsOf(
  layer: SystemLayer,
  rewritten: string,
  places: Places,
  signal: AbortSignal,
): Promise<Result<Findings>> {
  const record = rewritten.replace(/tar$/, 'found.json');
  const known = await recorded(record, rewritten);
  if (known) return ok(known);
  return withLock(join(places.locks, hexOf(layer.diffId)), signal, async () => {
    const meanwhile = await recorded(record, rewritten);
    if (meanwhile) return ok(meanwhile);
    const found = await examine(layer, rewritten, signal);
    if (!found.ok) return found;
    const written = await writeFileAtomic(record, JSON.stringify(found.value));
    return written.ok ? found : written;
  });
}

/** Undefined also for what another version wrote, and where the rewritten tar is gone. */
async function recorded(record: string, rewritten: string): Promise<Findings | undefined> {
  try {
    const found: unknown = JSON.parse(await readFile(record, 'utf8'));
    if (!isFindings(found)) return undefined;
    if (found.isRewritten) await access(rewritten);
    return found;
  } catch {
    return undefined;
  }
}

function isFindings(value: unknown): value is Findings {
  const { hidden, isRewritten } = Object(value) as Partial<Record<keyof Findings, unknown>>;
  return (
    Array.isArray(hidden) &&
    hidden.every((path) => typeof path === 'string') &&
    typeof isRewritten === 'boolean'
  );
}

/** Reads a layer, and once more to rewrite it where that is called for. */
async function examine(
  layer: SystemLayer,
  rewritten: string,
  signal: AbortSignal,
): Promise<Result<Findings>> {
  const hidden: string[] = [];
  const sorted = layerToAdd(hidden);
  let removed = 0;
  const look = (entry: TarEntry): Rewritten => {
    if (sorted(entry) === REMOVED) removed++;
    return REMOVED;
  };
  const read = await readLayer(layer, signal, async (tar) => {
    await finished(Readable.from(rewriteTar(tar, layerName(layer), look)).resume());
  });
  if (!read.ok) return read;
  const findings = { hidden, isRewritten: removed > 0 };
  if (removed === 0) return ok(findings);
  const done = await rewrite(layer, rewritten, signal);
  return done.ok ? ok(findings) : done;
}

async function rewrite(layer: SystemLayer, to: string, signal: AbortSignal): Promise<Result<void>> {
  const temporary = `${to}.${newOwnedName()}.tmp`;
  try {
    await mkdir(join(to, '..'), { recursive: true });
    const read = await readLayer(layer, signal, (tar) =>
      pipeline(
        Readable.from(rewriteTar(tar, layerName(layer), layerToAdd([]))),
        createWriteStream(temporary, { flush: true }),
        { signal },
      ),
    );
    if (read.ok) await rename(temporary, to);
    return read;
  } catch (error) {
    return fail(ioFailure(error, to));
  } finally {
    await discard(temporary);
  }
}

/** What GraphQL can name, and the engine takes as it is: no byte string that is no UTF-8, and no wildcard. */
function isPlain(path: string): boolean {
  return !path.includes('*') && !textOf(path).includes('\ufffd');
}

/** The text of a byte string. */
export function textOf(path: string): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}

function notHidden({ path }: SystemLayer, odd: string): Failure {
  return {
    code: 'engine',
    message: `The layer ${path} removes ${JSON.stringify(textOf(odd))}, a name that can't be told to a Dagger engine.`,
    hint: 'Set IMAGE_ENGINE=buildah for this image.',
  };
}
