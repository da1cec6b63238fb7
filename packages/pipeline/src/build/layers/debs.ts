import { discard } from '@image-tooling/host';
import { counted, ok, type LockedDeb, type Result } from '@image-tooling/model';
import { fetchDebs, type FetchedDeb } from '@image-tooling/sources';
import { blobCache } from '../../blob-cache';
import type { Session } from '../../session';
import { archivesOf } from '../../archives/archives';

/** Fetches locked .debs into the store, verified. Fails as `fetchDebs` does. */
export async function fetchLockedDebs(
  session: Session,
  { owner, time }: { readonly owner: string; readonly time: number },
  debs: readonly LockedDeb[],
): Promise<Result<FetchedDeb[]>> {
  if (debs.length === 0) return ok([]);
  const archives = await archivesOf(session);
  if (!archives.ok) return archives;
  const workFolder = await session.store.tempDir('debs');
  if (!workFolder.ok) return workFolder;
  const request = {
    cache: blobCache(session.store),
    workFolder: workFolder.value,
    archives: archives.value,
    time,
    http: session.http,
    label: `${owner}: fetch ${counted(debs.length, 'package')}`,
  };
  try {
    return await fetchDebs(debs, request, session.context);
  } finally {
    await discard(workFolder.value);
  }
}
