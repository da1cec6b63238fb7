import { createWriteStream } from 'node:fs';
import { access, mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { caughtResult, discard, newOwnedName, withLock, writeFileAtomic } from '@image-tooling/host';
import { REMOVED, rewriteTar, type Rewritten, type TarEntry } from '@image-tooling/layer';
import { fail, hexOf, ok, type Failure, type Result } from '@image-tooling/model';
import { layerName, readLayer } from '../../layers/read';
import { layerToAdd } from '../../layers/rewrites';
import type { SystemLayer } from '../../port';
import type { Places } from './places';

/** A layer that Dockerfile's ADD can unpack, which does not apply whiteouts. */
export interface AddedLayer {
  /** The blob itself, or a rewritten tar. */
  readonly path: string;
  /** The paths of the system that it hides in the layers below. */
  readonly hidden: readonly string[];
}

interface Findings {
  readonly hidden: readonly string[];
  /** Whether the tar has entries that ADD can't handle. */
  readonly isRewritten: boolean;
}

/**
 * Returns the layers of a system for the engine, bottom first. Reads and checks each once, and records the
 * findings by diff id. Fails with `tar-format`, `checksum` (the diff id of the tar differs), `disk-full`.
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
    const recent = await recorded(record, rewritten);
    if (recent) return ok(recent);
    const found = await examine(layer, rewritten, signal);
    if (!found.ok) return found;
    const written = await writeFileAtomic(record, JSON.stringify(found.value));
    return written.ok ? found : written;
  });
}

/** Also undefined for a record of another version, and if the rewritten tar is gone. */
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

/** Reads a layer, and a second time to rewrite it if necessary. */
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
  const written = await caughtResult(to, async () => {
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
  });
  await discard(temporary);
  return written;
}

/** Returns whether GraphQL and the engine take the name literally: it is UTF-8, and has no wildcard. */
function isPlain(path: string): boolean {
  return !path.includes('*') && !textOf(path).includes('\ufffd');
}

/** Returns the text of a byte string. */
export function textOf(path: string): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}

function notHidden({ path }: SystemLayer, odd: string): Failure {
  return {
    code: 'engine',
    message: `The layer ${path} removes ${JSON.stringify(textOf(odd))}, a name that can't be passed to a Dagger engine.`,
    hint: 'Set IMAGE_ENGINE=buildah for this image.',
  };
}
