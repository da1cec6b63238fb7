import { streamTar, writeTarBytes, type TarEntry } from '@image-tooling/layer';
import type { Result } from '@image-tooling/model';
import { temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { readContents, type LayerContents, type ReadLayer, type Scope } from '../src';

export async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Reads the contents of a layer's tar, in pieces that divide everything. */
export function readTarContents(
  tar: Buffer,
  scope: Scope,
  { signal = new AbortController().signal, folder = temporaryFolder() } = {},
): Promise<Result<ReadLayer>> {
  const name = 'a layer';
  return readContents(streamTar(inPieces(tar, 300), { name }), { name, scope, folder, signal });
}

export async function readEntries(entries: readonly TarEntry[], scope: Scope): Promise<ReadLayer> {
  return valueOf(await readTarContents(await writeTarBytes(entries), scope));
}

export async function contentsOf(entries: readonly TarEntry[], scope: Scope): Promise<LayerContents> {
  return (await readEntries(entries, scope)).contents;
}
