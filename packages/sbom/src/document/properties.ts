import type { Component, Inventory, Program } from '@image-tooling/model';
import { debianVersion } from './debian-version';

/** Name and value of a CycloneDX property. */
export type PropertyPair = readonly [name: string, value: string];

/** Our own properties; what `readCycloneDx` needs and CycloneDX has no field for. */
export const OWN = 'image-tooling:';

/** Returns the properties of the image: its platform and layers, and what could not be read. */
export function imageProperties({ platform, layers, os, unread, creator }: Inventory): PropertyPair[] {
  return [
    [`${OWN}platform`, platform],
    ...(creator === undefined ? [] : [[`${OWN}creator`, creator] as const]),
    ...(os?.codename === undefined ? [] : [[`${OWN}codename`, os.codename] as const]),
    ...layers.map(({ digest, diffId, kind, owner }, at): PropertyPair => {
      const number = String(at).padStart(3, '0');
      return [`${OWN}layer:${number}`, [kind, owner, digest, diffId].join(' ')];
    }),
    ...unread.map(({ layer, path, reason }): PropertyPair => [
      `${OWN}unread`,
      [layer, path, reason].join('\t'),
    ]),
  ];
}

/** Returns the properties of a component. */
export function propertiesOf(component: Component): PropertyPair[] {
  const { kind, layer } = component;
  return [[`${OWN}kind`, kind], [`${OWN}layer`, layer], ...ofKind(component)];
}

function ofKind(component: Component): PropertyPair[] {
  switch (component.kind) {
    case 'deb':
      return debProperties(component);
    case 'tool':
      return [
        [`${OWN}source`, component.source],
        ...(component.package
          ? [[`${OWN}package`, `${component.package.name} ${component.package.version}`] as const]
          : []),
      ];
    case 'go':
      return [
        [`${OWN}tool`, component.tool],
        [`${OWN}program`, component.program],
        ...(component.sum === undefined ? [] : [[`${OWN}sum`, component.sum] as const]),
        ['aquasecurity:trivy:PkgType', 'gobinary'],
      ];
    case 'npm':
      return [
        [`${OWN}tool`, component.tool],
        ['aquasecurity:trivy:PkgType', 'node-pkg'],
      ];
    case 'file':
      return fileProperties(component);
  }
}

/**
 * Data of distributions is about source packages. Without them, Trivy finds nothing (aquasecurity/trivy, pkg/sbom/core),
 * and Grype only what has its source's name: it finds nothing in libssl3t64 (anchore/syft, syft/pkg/dpkg.go).
 */
function debProperties({
  name,
  version,
  architecture,
  source,
  maintainer,
}: Extract<Component, { readonly kind: 'deb' }>): PropertyPair[] {
  const trivy = 'aquasecurity:trivy:';
  const { epoch, upstream, revision } = debianVersion(source.version);
  return [
    [`${OWN}source`, `${source.name} ${source.version}`],
    [`${OWN}architecture`, architecture],
    ...(maintainer === undefined ? [] : [[`${OWN}maintainer`, maintainer] as const]),
    [`${trivy}PkgID`, `${name}@${version}`],
    [`${trivy}PkgType`, 'debian'],
    [`${trivy}SrcName`, source.name],
    [`${trivy}SrcVersion`, upstream],
    ...(revision === undefined ? [] : [[`${trivy}SrcRelease`, revision] as const]),
    ...(epoch === undefined ? [] : [[`${trivy}SrcEpoch`, epoch] as const]),
    ['syft:package:metadataType', 'dpkg-db-entry'],
    ['syft:metadata:source', source.name],
    ['syft:metadata:sourceVersion', source.version],
  ];
}

/** BSI TR-03183-2, "Required data fields for each component"; names: the taxonomy that it refers to. */
export function fileProperties({ path, size, executable, archive }: Program): PropertyPair[] {
  return [
    ['bsi:component:filename', path.slice(path.lastIndexOf('/') + 1)],
    ['bsi:component:executable', executable ? 'executable' : 'non-executable'],
    ['bsi:component:archive', archive ? 'archive' : 'no archive'],
    ['bsi:component:structured', archive ? 'structured' : 'unstructured'],
    [`${OWN}path`, path],
    [`${OWN}size`, String(size)],
  ];
}
