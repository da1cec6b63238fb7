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
 * Brings a blob into `to`, hashed. Wrong bytes are asked for once more, afresh: a flipped bit on the way passes, a
 * blob that is wrong in the registry does not. Throws a `Fault`.
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

/** A blob of a repository as one that can be sent to another; nothing of it is kept. */
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
