import type { Component, Inventory, Licence, Program } from '@image-tooling/model';
import { hasOs, IMAGE_REF, OS_REF } from './graph';
import { imagePurl, purlOf } from './purl';
import { fileRef, refOf } from './refs';
import { imageSupplier, supplierOf, type Supplier } from './supplier';
import { fileProperties, imageProperties, OWN, propertiesOf, type PropertyPair } from './properties';

/** A component of the SBOM, independent of its format's library. */
export interface ComponentInput {
  readonly ref: string;
  readonly type: 'image' | 'os' | 'library' | 'application' | 'file';
  readonly name: string;
  readonly version?: string;
  readonly description?: string;
  readonly purl?: string;
  readonly licence?: Licence;
  readonly homepage?: string;
  readonly supplier: Supplier;
  readonly hashes?: { readonly sha256: string; readonly sha512: string };
  readonly properties: readonly PropertyPair[];
}

/** Returns all components of an SBOM, the image first. */
export function componentInputs(inventory: Inventory): ComponentInput[] {
  return [
    imageInput(inventory),
    ...(hasOs(inventory) ? [osInput(inventory)] : []),
    ...inventory.components.flatMap((component) => [
      componentInput(component, inventory),
      ...(component.kind === 'tool'
        ? component.files.map((file) => programInput(file, component, inventory))
        : []),
    ]),
  ];
}

function imageInput(inventory: Inventory): ComponentInput {
  return {
    ref: IMAGE_REF,
    type: 'image',
    name: inventory.image,
    version: inventory.manifest,
    description: inventory.description,
    purl: imagePurl(inventory),
    supplier: imageSupplier(inventory),
    properties: imageProperties(inventory),
  };
}

/** Trivy takes the distribution and its version from this component. */
function osInput({ os }: Inventory): ComponentInput {
  const { id = 'debian', version } = os ?? {};
  return {
    ref: OS_REF,
    type: 'os',
    name: id,
    version,
    supplier: { name: id },
    properties: [
      ['aquasecurity:trivy:Class', 'os-pkgs'],
      ['aquasecurity:trivy:Type', id],
      ...(os ? [[`${OWN}os`, id] as const] : []),
    ],
  };
}

const TYPE_OF = { deb: 'library', go: 'library', npm: 'library', tool: 'application', file: 'file' } as const;

function componentInput(component: Component, inventory: Inventory): ComponentInput {
  const isFile = component.kind === 'file';
  return {
    ref: refOf(component, inventory),
    type: TYPE_OF[component.kind],
    name: isFile ? `/${component.path}` : component.name,
    version: isFile ? `sha256:${component.sha256}` : component.version,
    ...(component.kind === 'tool' && { description: component.description }),
    purl: purlOf(component, inventory),
    supplier: supplierOf(component, inventory),
    ...('licence' in component && { licence: component.licence }),
    ...('homepage' in component && { homepage: component.homepage }),
    ...(isFile && { hashes: component }),
    properties: propertiesOf(component),
  };
}

function programInput(
  file: Program,
  tool: Extract<Component, { readonly kind: 'tool' }>,
  inventory: Inventory,
): ComponentInput {
  const { name, version, layer, licence } = tool;
  return {
    ref: fileRef(file.path),
    type: 'application',
    name: `/${file.path}`,
    version,
    ...(licence && { licence }),
    supplier: supplierOf(tool, inventory),
    hashes: file,
    properties: [
      [`${OWN}kind`, 'program'],
      [`${OWN}layer`, layer],
      [`${OWN}tool`, name],
      ...fileProperties(file),
    ],
  };
}
