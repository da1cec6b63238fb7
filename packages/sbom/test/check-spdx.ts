import parse from 'spdx-expression-parse';

export interface SpdxDocument {
  readonly spdxVersion: string;
  readonly dataLicense: string;
  readonly SPDXID: string;
  readonly documentNamespace: string;
  readonly creationInfo: { readonly created: string; readonly creators: readonly string[] };
  readonly documentDescribes: readonly string[];
  readonly packages: readonly Readonly<
    Record<string, unknown> & { name: string; SPDXID: string; licenseDeclared: string }
  >[];
  readonly hasExtractedLicensingInfos: readonly {
    readonly licenseId: string;
    readonly extractedText: string;
  }[];
  readonly relationships: readonly Readonly<
    Record<'spdxElementId' | 'relationshipType' | 'relatedSpdxElement', string>
  >[];
}

/** Returns what is wrong with a document by SPDX 2.3: identifiers, references, licences, required fields. */
export function checkSpdx(document: SpdxDocument): string[] {
  const ids = [document.SPDXID, ...document.packages.map(({ SPDXID }) => SPDXID)];
  const known = new Set(ids);
  const named = new Set(document.hasExtractedLicensingInfos.map(({ licenseId }) => licenseId));
  const linked = document.relationships.flatMap((one) => [one.spdxElementId, one.relatedSpdxElement]);
  return [
    ...unless(
      document.spdxVersion === 'SPDX-2.3' && document.dataLicense === 'CC0-1.0',
      'version or data licence',
    ),
    ...unless(/^https:\/\/[^#\s]+$/.test(document.documentNamespace), 'namespace'),
    ...unless(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(document.creationInfo.created), 'time'),
    ...unless(
      document.creationInfo.creators.every((one) => /^(Tool|Person|Organization): ./.test(one)),
      'creator',
    ),
    ...unless(known.size === ids.length, 'an identifier is there twice'),
    ...ids.flatMap((id) => unless(/^SPDXRef-[A-Za-z0-9.-]+$/.test(id), `identifier ${id}`)),
    ...[...linked, ...document.documentDescribes].flatMap((id) =>
      unless(known.has(id), `reference to ${id}`),
    ),
    ...document.packages.flatMap((one) => checkPackage(one, named)),
  ];
}

const SUPPLIER = /^(NOASSERTION|(Organization|Person): .+)$/;

function checkPackage(one: SpdxDocument['packages'][number], named: ReadonlySet<string>): string[] {
  const references = one.licenseDeclared.match(/LicenseRef-[A-Za-z0-9.-]+/g) ?? [];
  return [
    ...unless(one.name !== '' && one['downloadLocation'] === 'NOASSERTION', `required fields of ${one.name}`),
    ...unless(SUPPLIER.test(String(one['supplier'])), `supplier of ${one.name}`),
    ...unless(isLicence(one.licenseDeclared), `licence ${one.licenseDeclared}`),
    ...references.flatMap((id) => unless(named.has(id), `${id} has no text`)),
  ];
}

function isLicence(text: string): boolean {
  try {
    return text === 'NOASSERTION' || parse(text) !== undefined;
  } catch {
    return false;
  }
}

function unless(isRight: boolean, wrong: string): string[] {
  return isRight ? [] : [wrong];
}
