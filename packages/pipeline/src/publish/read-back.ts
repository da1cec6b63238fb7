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
import { openStore, pullImage, type Repository, type Store } from '@image-tooling/oci';
import type { Session } from '../session';
import { systemOf } from '../test/system';
import { tryImage } from '../test/try-image';

/** The built image of one platform, to check what the registry serves. */
export interface Built {
  readonly platform: Platform;
  readonly manifest: Digest;
  readonly inheritance: LayersFile;
}

/**
 * Pulls an index by digest into an empty store, hashes everything, and runs the checks of each platform.
 * Returns the platforms that this machine can run; others are only pulled and hashed. Fails with
 * `check-failed`, with `gone` if the registry lacks a part, and as pulls and the engine do.
 */
export async function readBack(
  session: Session,
  image: Image,
  built: readonly Built[],
  index: Digest,
  repository: Repository,
): Promise<Result<readonly Platform[]>> {
  const folder = await session.store.tempDir('read-back');
  if (!folder.ok) return folder;
  try {
    const clean = await openStore(folder.value);
    if (!clean.ok) return clean;
    const checked: Platform[] = [];
    for (const one of built) {
      const tried = await pullAndTest(session, image, one, { index, repository, store: clean.value });
      if (!tried.ok) return tried;
      if (tried.value) checked.push(one.platform);
    }
    return ok(checked);
  } finally {
    await discard(folder.value);
  }
}

interface Served {
  readonly index: Digest;
  readonly repository: Repository;
  readonly store: Store;
}

async function pullAndTest(
  session: Session,
  image: Image,
  { platform, manifest, inheritance }: Built,
  { index, repository, store }: Served,
): Promise<Result<boolean>> {
  const { context } = session;
  const step = context.progress.step(`${image.name}: pull ${platform} back from the registry`);
  const pulled = await pullImage(repository, { index, platform, to: store });
  if (!pulled.ok) {
    step.failed();
    return pulled;
  }
  const bytes = pulled.value.layers.reduce((sum, { size }) => sum + size, 0);
  step.done({ origin: 'fetched', bytes });
  if (pulled.value.manifestDigest !== manifest)
    return fail(otherManifest(platform, manifest, pulled.value.manifestDigest));
  const here = await checkPlatform(platform);
  if (!here.ok) {
    context.progress.note(
      `${image.name}: ${platform} was pulled back and hashed, but not tested: this machine can't run it`,
    );
    return ok(false);
  }
  const report = await tryImage(
    { store, context, engine: () => session.engine() },
    { image, platform, manifest, inheritance, system: systemOf(store, pulled.value.layers) },
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
