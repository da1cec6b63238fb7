import { join } from 'node:path';
import { copySource, discard, mapConcurrent, type Source } from '@image-tooling/host';
import {
  bytesText,
  fail,
  ok,
  type Digest,
  type Failure,
  type Layer,
  type Result,
} from '@image-tooling/model';
import { indexLayer } from '@image-tooling/oci';
import type { StoreRun } from '../run';
import { piecesOf, readArchive, type ArchiveContent, type ArchiveFile } from './read';

export interface ImportedStore {
  readonly blobs: number;
  /** Bytes of the blobs. */
  readonly bytes: number;
  readonly builds: number;
  /** Of those, the ones that were already in the store. */
  readonly known: number;
}

/**
 * Reads an archive of `store export` into the store. Hashes blobs, unpacks layers and compares them with
 * their diff ids, and writes records only if everything is right; a second import changes nothing. Fails with
 * `tar-format`, `checksum`, `not-reproducible` (the store has another result for a build id), `disk-full`,
 * `io` or `aborted`; no record is written then.
 */
export async function importStore(run: StoreRun, source: Source): Promise<Result<ImportedStore>> {
  if (source.kind === 'file') return importFile(run, { path: source.path, name: source.path });
  const folder = await run.store.tempDir('import');
  if (!folder.ok) return folder;
  const path = join(folder.value, 'archive.tar');
  const name = source.kind === 'stdin' ? 'Standard input' : source.path;
  try {
    const copied = await copySource(source, path, run.context.signal);
    return copied.ok ? await importFile(run, { path, name }) : copied;
  } finally {
    await discard(folder.value);
  }
}

async function importFile(run: StoreRun, file: ArchiveFile): Promise<Result<ImportedStore>> {
  const content = await readArchive(file);
  if (!content.ok) return content;
  const others = await otherResults(run, content.value);
  if (!others.ok) return others;
  const blobs = await importBlobs(run, file, content.value);
  if (!blobs.ok) return blobs;
  const known = await importBuilds(run, content.value);
  if (!known.ok) return known;
  return ok({ ...blobs.value, builds: content.value.builds.size, known: known.value });
}

/** A build id has one result. */
async function otherResults({ store }: StoreRun, { builds }: ArchiveContent): Promise<Result<void>> {
  const found = await mapConcurrent([...builds], async ([buildId, layer]): Promise<Failure[]> => {
    const own = await store.peekBuild(buildId);
    return own && own.digest !== layer.digest ? [otherResult(buildId, own, layer)] : [];
  });
  const [first, ...rest] = found.flat();
  return first ? fail(first, ...rest) : ok(undefined);
}

async function importBlobs(
  { store, context }: StoreRun,
  { name }: ArchiveFile,
  { blobs }: ArchiveContent,
): Promise<Result<Pick<ImportedStore, 'blobs' | 'bytes'>>> {
  const step = context.progress.step(`import: blobs of ${name}`);
  const wrong: Failure[] = [];
  let [count, bytes] = [0, 0];
  for (const [digest, entry] of blobs) {
    step.status(`${count++} of ${blobs.size}, ${bytesText(bytes)}`);
    const put = await store.putBlobFromStream(piecesOf(entry), { expected: digest, signal: context.signal });
    bytes += entry.size;
    if (put.ok) continue;
    wrong.push(...put.failures.map((failure) => inArchive(failure, name)));
    if (put.failures[0].code !== 'checksum') break;
  }
  const [first, ...rest] = wrong;
  if (!first) {
    step.done({ origin: 'fetched', bytes });
    return ok({ blobs: blobs.size, bytes });
  }
  step.failed();
  return fail(first, ...rest);
}

async function importBuilds(
  { store, context }: StoreRun,
  { builds, inputs }: ArchiveContent,
): Promise<Result<number>> {
  const step = context.progress.step('import: layers');
  let known = 0;
  for (const [at, [buildId, layer]] of [...builds].entries()) {
    step.status(`${at} of ${builds.size}`);
    if (context.signal.aborted) return stoppedAt(step);
    if (await store.getBuild(buildId)) {
      known++;
      continue;
    }
    const paths = await indexLayer(layer, store);
    const isRight = inputs.get(buildId);
    const kept = paths.ok && isRight !== undefined ? await store.putInputs(buildId, isRight) : paths;
    const put = kept.ok && paths.ok ? await store.putBuild(buildId, layer, paths.value) : kept;
    if (put.ok) continue;
    step.failed();
    return fail(...put.failures);
  }
  step.done({ origin: 'fetched' });
  return ok(known);
}

function stoppedAt(step: { failed(): void }): Result<never> {
  step.failed();
  return fail({ code: 'aborted', message: 'Stopped while an archive was imported.' });
}

function inArchive(failure: Failure, file: string): Failure {
  if (failure.code !== 'checksum') return failure;
  return {
    ...failure,
    hint: 'It was altered or truncated: copy the archive again. No record was written.',
    place: { file },
  };
}

function otherResult(buildId: Digest, own: Layer, other: Layer): Failure {
  return {
    code: 'not-reproducible',
    message: `The archive has another result for the build id ${buildId} than this store.`,
    hint: 'Find the machine that is wrong, or import into an empty store: IMAGE_STORE=<folder>.',
    details: [`here    ${own.digest}`, `archive ${other.digest}`],
  };
}
