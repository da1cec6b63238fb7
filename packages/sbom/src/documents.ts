import type { Inventory } from '@image-tooling/model';
import { GENERATOR } from './document/generator';

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
  return { cycloneDx: writeCycloneDx(inventory), spdx: writeSpdx(inventory) };
}

/** Returns the CycloneDX SBOM alone. */
export async function cycloneDxOf(inventory: Inventory): Promise<string> {
  const { writeCycloneDx } = await import('./cyclonedx/write');
  return writeCycloneDx(inventory);
}

/** Returns whether this version would write the same SBOM of the same image. Reads the start of a CycloneDX document. */
export function isOfThisVersion(cycloneDx: Buffer): boolean {
  const made = `"name": "${GENERATOR.name}",\n     "version": "${GENERATOR.version}"`;
  return cycloneDx.toString('utf8', 0, START).includes(made);
}

/** Bytes: the metadata of a document begins with its makers. */
const START = 2000;
