import {
  archOf,
  chainOf,
  ok,
  type Image,
  type OriginLayer,
  type Platform,
  type Result,
} from '@image-tooling/model';
import { fetchLockedDebs } from '../../build/layers/debs';
import type { MadeImage } from '../../build/image';
import { madeAsRecorded, type Use } from '../../build/recorded';
import type { Session } from '../../session';
import { outputFolder, readDigestFile } from '../../workspace/outputs';

export const EXPORT: Use = { verb: 'export', notForTools: 'it is exported in the images that have it' };

/** An image of one platform that goes into an archive. */
export interface ExportedImage {
  /** `base-amd64`: its name for programs that read OCI layouts. */
  readonly reference: string;
  readonly platform: Platform;
  readonly image: MadeImage['image'];
  readonly layers: readonly OriginLayer[];
}

/** Returns the platforms that an image was built for here. */
export async function builtPlatforms({ root }: Session, image: Image): Promise<Platform[]> {
  const found = await Promise.all(
    image.definition.platforms.map(async (platform) => {
      const output = outputFolder(root, image, platform);
      return (await readDigestFile(output)) ? [platform] : [];
    }),
  );
  return found.flat();
}

/**
 * Returns an image and its ancestors, which a build of the image also needs. Builds again what the store
 * lacks.
 */
export async function exportedChain(
  session: Session,
  image: Image,
  platform: Platform,
): Promise<Result<ExportedImage[]>> {
  const found: ExportedImage[] = [];
  for (const one of chainOf(image)) {
    const made = await madeAsRecorded(session, { image: one, platform }, EXPORT);
    if (!made.ok) return made;
    const reference = `${one.name}-${archOf(platform)}`;
    found.push({ reference, platform, image: made.value.image, layers: made.value.layers });
  }
  return ok(found);
}

/** Returns the .debs of an image and its ancestors as digests; fetches those that the store lacks. */
export async function chainDebs(
  session: Session,
  image: Image,
  platform: Platform,
): Promise<Result<`sha256:${string}`[]>> {
  const digests: `sha256:${string}`[] = [];
  for (const { name, lock } of chainOf(image)) {
    const locked = lock?.value.platforms[platform];
    if (!locked) continue;
    const debs = [...(locked.bootstrap ?? []), ...locked.packages];
    const fetched = await fetchLockedDebs(session, { owner: name, time: locked.time }, debs);
    if (!fetched.ok) return fetched;
    digests.push(...debs.map(({ sha256 }) => `sha256:${sha256}` as const));
  }
  return ok(digests);
}
