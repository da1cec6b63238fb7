import type { ComponentInput } from '../document/components';
import { spdxId } from './ids';

const NOT_STATED = 'NOASSERTION';

const PURPOSES = {
  image: 'CONTAINER',
  os: 'OPERATING-SYSTEM',
  library: 'LIBRARY',
  application: 'APPLICATION',
  file: 'FILE',
} as const;

/** Returns a component as an SPDX package (SPDX 2.3, section 7). */
export function spdxPackage(input: ComponentInput) {
  const { ref, type, name, version, description, purl, licence, homepage, hashes } = input;
  const declared = licence?.expression ?? NOT_STATED;
  return {
    SPDXID: spdxId(ref),
    name,
    ...(version !== undefined && version !== '' && { versionInfo: version }),
    supplier: supplierText(input),
    downloadLocation: NOT_STATED,
    filesAnalyzed: false,
    ...(homepage !== undefined && { homepage }),
    ...(hashes && {
      checksums: [
        { algorithm: 'SHA256', checksumValue: hashes.sha256 },
        { algorithm: 'SHA512', checksumValue: hashes.sha512 },
      ],
    }),
    licenseConcluded: NOT_STATED,
    licenseDeclared: declared,
    ...(licence?.text !== undefined && { licenseComments: licence.text }),
    copyrightText: NOT_STATED,
    ...(description !== undefined && { description }),
    primaryPackagePurpose: PURPOSES[type],
    ...(purl !== undefined && {
      externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }],
    }),
  };
}

function supplierText({ supplier }: ComponentInput): string {
  const { name, email } = supplier;
  return `Organization: ${name}${email === undefined ? '' : ` (${email})`}`;
}
