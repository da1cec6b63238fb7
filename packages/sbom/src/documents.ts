import type { Inventory } from '@image-tooling/model';

/** Both SBOMs of an image, as JSON. */
export interface SbomDocuments {
  readonly cycloneDx: string;
  readonly spdx: string;
}

/** Returns both SBOMs of an image. Loads their libraries late: only builds need them. */
export async function sbomDocuments(inventory: Inventory): Promise<SbomDocuments> {
  const [{ writeCycloneDx }, { writeSpdx }] = await Promise.all([
    import('./cyclonedx/write'),
    import('./spdx/write'),
  ]);
  return { cycloneDx: await writeCycloneDx(inventory), spdx: writeSpdx(inventory) };
}
