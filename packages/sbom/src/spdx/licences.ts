import type { ComponentInput } from '../document/components';

const REFERENCE = /LicenseRef-[A-Za-z0-9.-]+/g;

/** Returns the licences of a document that SPDX has no identifier for (SPDX 2.3, section 10), sorted. */
export function extractedLicences(inputs: readonly ComponentInput[]) {
  const found = new Set(inputs.flatMap(({ licence }) => licence?.expression?.match(REFERENCE) ?? []));
  return [...found].sort().map((licenseId) => ({
    licenseId,
    name: licenseId.slice('LicenseRef-'.length),
    extractedText: `The component's copyright file names this licence: ${licenseId.slice('LicenseRef-'.length)}`,
  }));
}
