import { discard } from '@image-tooling/host';
import { checkPlatform } from '@image-tooling/engines';
import {
  checkFailures,
  fail,
  failWith,
  ok,
  type Digest,
  type Image,
  type LayersFile,
  type Platform,
  type Result,
} from '@image-tooling/model';
import { openStore, pullImage, type PulledImage, type Repository, type Store } from '@image-tooling/oci';
import type { Session } from '../../session';
import { systemOf } from '../../test/system';
import { tryImage } from '../../test/try-image';
import type { UnreadBlobs } from '../../pushed-blobs/unread-blobs';
import type { Verified } from './verified';

/** The built image of one platform, to check what the registry serves. */
export interface Built {
  readonly platform: Platform;
  readonly manifest: Digest;
  readonly inheritance: LayersFile;
}

/** What to read back. */
export interface Served {
  readonly image: Image;
  readonly built: readonly Built[];
  readonly index: Digest;
  readonly repository: Repository;
  readonly unread: UnreadBlobs;
}

/**
 * Pulls an index by digest into an empty store, hashes everything, and runs the checks of each platform that
 * this machine can run. Fails with `check-failed`, with `gone` if the registry lacks a part, and as pulls and
 * the engine do.
 */
export async function verifyAll(session: Session, served: Served): Promise<Result<Verified>> {
  const folder = await session.store.tempDir('read-back');
  if (!folder.ok) return folder;
  try {
    const store = await openStore(folder.value);
    return store.ok ? await pullAndTestAll(session, served, store.value) : store;
  } finally {
    await discard(folder.value);
  }
}

async function pullAndTestAll(session: Session, served: Served, store: Store): Promise<Result<Verified>> {
  const sizes = new Map<Digest, number>();
  const checkedAgain: Platform[] = [];
  for (const built of served.built) {
    const pulled = await pullBack(session, served, built, store);
    if (!pulled.ok) return pulled;
    for (const { digest, size } of pulled.value.layers) sizes.set(digest, size);
    const tested = await testAgain(session, served.image, built, { store, pulled: pulled.value });
    if (!tested.ok) return tested;
    if (tested.value) checkedAgain.push(built.platform);
  }
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  return ok({ readBack: { blobs: sizes.size, bytes }, checkedAgain });
}

async function pullBack(
  { context }: Session,
  { image, index, repository, unread }: Served,
  { platform, manifest }: Built,
  store: Store,
): Promise<Result<PulledImage>> {
  const step = context.progress.step(`${image.name}: pull ${platform} back from the registry`);
  const pulled = await pullImage(repository, { index, platform, to: store });
  if (!pulled.ok) {
    step.failed();
    return pulled;
  }
  const { manifestDigest, configDigest, layers } = pulled.value;
  step.done({ origin: 'fetched', bytes: layers.reduce((sum, { size }) => sum + size, 0) });
  if (manifestDigest !== manifest) return fail(otherManifest(platform, manifest, manifestDigest));
  for (const digest of [configDigest, ...layers.map((layer) => layer.digest)]) {
    const noted = await unread.prove(digest, 'present', { read: isRead, ask: isRead });
    if (!noted.ok) return noted;
  }
  return pulled;
}

async function isRead(): Promise<Result<void>> {
  return ok(undefined);
}

interface Pulled {
  readonly store: Store;
  readonly pulled: PulledImage;
}

/** Returns false if this machine can't run the platform. */
async function testAgain(
  session: Session,
  image: Image,
  { platform, manifest, inheritance }: Built,
  { store, pulled }: Pulled,
): Promise<Result<boolean>> {
  const { context } = session;
  const here = await checkPlatform(platform);
  if (!here.ok) {
    context.progress.note(
      `${image.name}: ${platform} was pulled back and hashed, but not tested: this machine can't run it`,
    );
    return ok(false);
  }
  const report = await tryImage(
    { store, context, engine: () => session.engine() },
    { image, platform, manifest, inheritance, system: systemOf(store, pulled.layers) },
  );
  if (!report.ok) return report;
  const failures = checkFailures(report.value);
  return failures.length > 0 ? failWith(failures) : ok(true);
}

function otherManifest(platform: Platform, tested: Digest, served: Digest) {
  return {
    code: 'checksum',
    message: `The registry serves an image for ${platform} that differs from the tested one.`,
    hint: 'Nothing was tagged. Run the publish again.',
    details: [`tested ${tested}`, `served ${served}`],
  } as const;
}
