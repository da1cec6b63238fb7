import { join } from 'node:path';
import { readRegularFile, writeFileAtomic } from '@image-tooling/host';
import { ok, type Inventory, type Result } from '@image-tooling/model';
import { createdOf } from '@image-tooling/oci';
import { inventoryOf, isOfThisVersion, sbomDocuments } from '@image-tooling/sbom';
import type { Session } from '../session';
import { isWritten, outputFolder } from '../workspace/outputs';
import type { MadeImage } from './image';
import { contentsOfLayers } from './image-contents';
import type { ImageOnPlatform } from './known-paths';

/** The output files with an image's SBOMs. */
export const SBOM_FILES = { cyclonedx: 'sbom.cdx.json', spdx: 'sbom.spdx.json' } as const;
export type SbomFormat = keyof typeof SBOM_FILES;

/**
 * Writes both SBOMs of an image to its outputs, unless they are there and the image is the same. Fails as
 * `imageInventory` does.
 */
export async function writeSboms(
  session: Session,
  of: ImageOnPlatform,
  made: MadeImage,
): Promise<Result<void>> {
  const folder = outputFolder(session.root, of.image, of.platform);
  if (await isCurrent(folder, made)) return ok(undefined);
  const inventory = await imageInventory(session, of, made);
  if (!inventory.ok) return inventory;
  const { cycloneDx, spdx } = await sbomDocuments(inventory.value);
  const written = await writeFileAtomic(join(folder, SBOM_FILES.spdx), spdx);
  return written.ok ? writeFileAtomic(join(folder, SBOM_FILES.cyclonedx), cycloneDx) : written;
}

/** Bytes: see `readSbom`. */
const MOST_BYTES = 256 * 1024 ** 2;

/** The other outputs are written last, so that they are of an earlier image if a build was stopped here. */
async function isCurrent(folder: string, { inheritance, digests }: MadeImage): Promise<boolean> {
  const isSame =
    (await isWritten(folder, 'digest.json', digests)) &&
    (await isWritten(folder, 'layers.json', inheritance));
  if (!isSame) return false;
  const [cycloneDx, ...others] = await Promise.all(
    [SBOM_FILES.cyclonedx, SBOM_FILES.spdx, 'contents.json.gz'].map((name) =>
      readRegularFile(join(folder, name), MOST_BYTES),
    ),
  );
  const isThere = others.every((read) => read.ok && read.value !== undefined);
  return isThere && cycloneDx?.ok === true && isOfThisVersion(cycloneDx.value?.toString() ?? '');
}

/** Returns the inventory of an image. Fails as `contentsOfLayers` does. */
export async function imageInventory(
  session: Session,
  of: ImageOnPlatform,
  { layers, inheritance, digests }: MadeImage,
): Promise<Result<Inventory>> {
  const contents = await contentsOfLayers(session, of, layers);
  if (!contents.ok) return contents;
  const { image, platform } = of;
  const { labels } = image.definition.config;
  return ok(
    inventoryOf({
      image: image.name,
      description: image.definition.description,
      platform,
      manifest: digests.manifest,
      creator: labels?.['org.opencontainers.image.vendor'] ?? labels?.['org.opencontainers.image.authors'],
      created: createdOf(layers),
      layers,
      tools: inheritance.contents.tools,
      contents: contents.value,
    }),
  );
}
