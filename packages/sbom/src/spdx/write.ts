import type { Inventory } from '@image-tooling/model';
import { componentInputs } from '../document/components';
import { GENERATOR } from '../document/generator';
import { dependencyGraph, IMAGE_REF } from '../document/graph';
import { uuidOf } from '../document/uuid';
import { spdxId } from './ids';
import { extractedLicences } from './licences';
import { spdxPackage } from './package';

/**
 * Returns an image's SBOM as SPDX 2.3 JSON. Each component is a package, since checkers count only those; the same
 * inventory gives the same bytes.
 */
export function writeSpdx(inventory: Inventory): string {
  const inputs = componentInputs(inventory);
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: inventory.image,
    documentNamespace: `https://spdx.org/spdxdocs/${encodeURIComponent(inventory.image)}-${uuidOf(inventory.manifest)}`,
    creationInfo: {
      created: new Date(inventory.created * 1000).toISOString().replace('.000Z', 'Z'),
      creators: [`Tool: ${GENERATOR.name}-${GENERATOR.version}`],
    },
    documentDescribes: [spdxId(IMAGE_REF)],
    packages: inputs.map(spdxPackage),
    hasExtractedLicensingInfos: extractedLicences(inputs),
    relationships: relationshipsOf(inventory),
  };
  return `${JSON.stringify(document, undefined, 1)}\n`;
}

function relationshipsOf(inventory: Inventory) {
  const relations = [...dependencyGraph(inventory)].flatMap(([from, all]) =>
    [...all].map((to) => ({
      spdxElementId: spdxId(from),
      relationshipType: to.startsWith('pkg:deb') && from.startsWith('pkg:deb') ? 'DEPENDS_ON' : 'CONTAINS',
      relatedSpdxElement: spdxId(to),
    })),
  );
  const describes = {
    spdxElementId: 'SPDXRef-DOCUMENT',
    relationshipType: 'DESCRIBES',
    relatedSpdxElement: spdxId(IMAGE_REF),
  };
  return [describes, ...relations];
}
