import { valueOf } from '@image-tooling/host';
import type { Failed } from '@image-tooling/model';
import type { Descriptor } from '../../image/manifest';
import type { BlobSink } from '../../layer/convert';
import type { Context } from '../context';
import type { LocalBlob } from '../port';
import { repositoryText } from '../reference';
import { checked, wrongBytes } from './checked';
import { download } from './download';

/**
 * Downloads a blob into `to`, hashed. Retries once after wrong bytes: that fixes a bit flipped on the way, not a blob
 * that is wrong in the registry. Throws a `Fault`.
 */
export async function pullBlob(
  context: Context,
  blob: Pick<Descriptor, 'digest' | 'size'>,
  to: BlobSink,
): Promise<void> {
  const { signal } = context.options;
  const pull = () => to.putBlobFromStream(download(context, blob), { expected: blob.digest, signal });
  let result = await pull();
  if (!result.ok && isWrong(result)) result = await pull();
  if (!result.ok && isWrong(result))
    throw wrongBytes({ ...blob, from: repositoryText(context.name) }, result.failures[0].message);
  valueOf(result);
}

/** Returns a blob of a repository that can be sent to another one; it is streamed and not stored. */
export function remoteBlob(
  context: Context,
  { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
): LocalBlob {
  const wanted = { digest, size, from: repositoryText(context.name) };
  return {
    digest,
    size,
    open: () => checked(download(context, wanted), wanted),
    openUnhashed: () => download(context, wanted),
  };
}

function isWrong({ failures }: Failed): boolean {
  return failures[0].code === 'checksum';
}
