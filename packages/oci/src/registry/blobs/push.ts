import { valueOf } from '@image-tooling/host';
import { ok } from '@image-tooling/model';
import type { Context } from '../context';
import type { LocalBlob, PushBlobOptions, PushedBlob, PushedHow } from '../port';
import { Meter } from './meter';
import { mountOrOpen } from './mount';
import { isThere } from './presence';
import { upload } from './upload';
import { cancelUploadSession } from './upload-session';

/** Pushes a blob if it is not there yet; mounts it instead of sending it if possible. Throws a `Fault`. */
export async function pushBlob(
  context: Context,
  blob: LocalBlob,
  options: PushBlobOptions,
): Promise<PushedBlob> {
  const started = performance.now();
  const meter = new Meter(options.onBytes);
  const how = await bring(context, blob, options, meter);
  return { how, sentBytes: meter.sent, seconds: (performance.now() - started) / 1000 };
}

async function bring(
  context: Context,
  blob: LocalBlob,
  { mountFrom = [], chunkBytes, beforeSending }: PushBlobOptions,
  meter: Meter,
): Promise<PushedHow> {
  if (await isThere(context, blob.digest)) return 'present';
  const siblings = mountFrom.filter((path) => path !== context.name.path);
  const session = await mountOrOpen(context, blob.digest, siblings);
  if (session === 'mounted') return 'mounted';
  const ready = context.options.dryRun === true ? ok(undefined) : await beforeSending?.();
  if (ready?.ok === false) {
    await cancelUploadSession(context, session, blob.digest);
    valueOf(ready);
  }
  await upload({ context, blob, meter, ...(chunkBytes && { chunkBytes }) }, session);
  return 'pushed';
}
