import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { PassThrough, type Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ioFailure, isErrno, lastLines, start } from '@image-tooling/host';
import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import type { SystemLayer } from '../port';
import { TarError } from '../tar/blocks';

/**
 * Reads a layer's blob to its end, decompressed, and checks that it is what the diff id says. `take` gets the tar.
 * Fails with `checksum`, `tar-format`, `aborted`, or as the file system does; also where `take` throws such an error.
 */
export async function readLayer(
  layer: SystemLayer,
  signal: AbortSignal,
  take: (tar: AsyncIterable<Buffer>) => Promise<void>,
): Promise<Result<void>> {
  const plain = await decompressed(layer, signal);
  if (!plain.ok) return plain;
  const { tar, ended } = plain.value;
  const hash = createHash('sha256');
  async function* hashed(): AsyncGenerator<Buffer> {
    for await (const chunk of tar) {
      hash.update(chunk as Buffer);
      yield chunk as Buffer;
    }
  }
  try {
    await take(hashed());
  } catch (error) {
    tar.destroy();
    const end = await ended;
    return end.ok ? fail(readFailure(error, layer)) : end;
  }
  const end = await ended;
  if (!end.ok) return end;
  const diffId = `sha256:${hash.digest('hex')}`;
  return diffId === layer.diffId ? ok(undefined) : fail(wrongContent(layer, diffId));
}

interface Plain {
  readonly tar: Readable;
  /** Fails where there is a reason that `tar` itself does not tell. */
  readonly ended: Promise<Result<void>>;
}

async function decompressed(layer: SystemLayer, signal: AbortSignal): Promise<Result<Plain>> {
  const blob = createReadStream(layer.path, { highWaterMark: 1_048_576 });
  if (layer.compression === 'zstd') return zstdOf(layer, blob, signal);
  const through: Transform = layer.compression === 'gzip' ? createGunzip() : new PassThrough();
  const ended = pipeline(blob, through).catch(() => undefined);
  return ok({ tar: through, ended: ended.then(() => ok(undefined)) });
}

async function zstdOf(layer: SystemLayer, blob: Readable, signal: AbortSignal): Promise<Result<Plain>> {
  const zstd = await start({ argv: ['zstd', '--decompress', '--stdout', '--quiet'], signal });
  if (!zstd.ok) return zstd;
  const { stdin, stdout, ended } = zstd.value;
  const fed = pipeline(blob, stdin).catch((error: unknown) => error);
  const both = Promise.all([fed, ended]).then(([error, end]): Result<void> => {
    if (!end.ok) return end;
    if (isErrno(error) && error.code !== 'EPIPE') return fail(readFailure(error, layer));
    return end.value.stderr === '' ? ok(undefined) : fail(zstdFailure(layer, end.value.stderr));
  });
  return ok({ tar: stdout, ended: both });
}

function readFailure(error: unknown, layer: SystemLayer): Failure {
  if (error instanceof TarError)
    return { code: 'tar-format', message: `The layer ${layer.path} is no readable tar: ${error.message}.` };
  if (error instanceof Error && error.name === 'AbortError')
    return { code: 'aborted', message: `Stopped while unpacking ${layer.path}.` };
  if (isErrno(error) && error.code?.startsWith('Z_'))
    return { code: 'tar-format', message: `The layer ${layer.path} is no readable gzip: ${error.message}.` };
  return ioFailure(error, layer.path);
}

function wrongContent(layer: SystemLayer, found: string): Failure {
  return {
    code: 'checksum',
    message: `The layer ${layer.path} is not what it should be.`,
    hint: 'Remove that blob: the next run makes it again.',
    details: [`expected diff id: ${layer.diffId}`, `found: ${found}`],
  };
}

function zstdFailure(layer: SystemLayer, stderr: string): Failure {
  const message = `The layer ${layer.path} is no readable zstd.`;
  return { code: 'tar-format', message, details: lastLines(stderr) };
}
