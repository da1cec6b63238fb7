import * as Enums from '@cyclonedx/cyclonedx-library/Enums';
import * as Models from '@cyclonedx/cyclonedx-library/Models';
import * as Serialize from '@cyclonedx/cyclonedx-library/Serialize';
import * as Spec from '@cyclonedx/cyclonedx-library/Spec';
import type { Inventory, Licence } from '@image-tooling/model';
import { compositionsOf } from './compositions';
import { componentInputs, type ComponentInput } from '../document/components';
import { GENERATOR } from '../document/generator';
import { dependencyGraph, IMAGE_REF } from '../document/graph';
import { uuidOf } from '../document/uuid';

/**
 * Returns an image's SBOM as CycloneDX 1.6 JSON. The same inventory gives the same bytes: the serial number comes from
 * the manifest's digest, the time from the image's config.
 */
export function writeCycloneDx(inventory: Inventory): string {
  const [image, ...components] = componentInputs(inventory);
  if (!image) throw new Error('the first component is the image');
  const bom = new Models.Bom({ serialNumber: `urn:uuid:${uuidOf(inventory.manifest)}` });
  bom.metadata.timestamp = new Date(inventory.created * 1000);
  bom.metadata.lifecycles.add(Enums.LifecyclePhase.PostBuild);
  bom.metadata.tools.components.add(
    new Models.Component(Enums.ComponentType.Application, GENERATOR.name, {
      version: GENERATOR.version,
    }),
  );
  const made = new Map<string, Models.Component>();
  for (const input of [image, ...components]) made.set(input.ref, componentOf(input));
  bom.metadata.component = made.get(IMAGE_REF)!;
  for (const { ref } of components) bom.components.add(made.get(ref)!);
  for (const [from, all] of dependencyGraph(inventory))
    for (const to of all) made.get(from)!.dependencies.add(made.get(to)!.bomRef);
  const normalizer = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6).makeForBom();
  const json = normalizer.normalize(bom, { sortLists: true });
  return `${JSON.stringify({ ...json, compositions: compositionsOf(inventory) }, undefined, 1)}\n`;
}

function componentOf(input: ComponentInput): Models.Component {
  const component = new Models.Component(COMPONENT_TYPES[input.type], input.name, {
    bomRef: input.ref,
    version: input.version,
    description: input.description,
    purl: input.purl,
  });
  for (const [name, value] of input.properties) component.properties.add(new Models.Property(name, value));
  for (const [algorithm, value] of Object.entries(input.hashes ?? {}))
    component.hashes.set(HASH_ALGORITHMS[algorithm as keyof NonNullable<ComponentInput['hashes']>], value);
  if (input.licence) component.licenses.add(licenceOf(input.licence));
  if (input.homepage !== undefined)
    component.externalReferences.add(
      new Models.ExternalReference(input.homepage, Enums.ExternalReferenceType.Website),
    );
  component.supplier = supplierOf(input.supplier);
  return component;
}

const COMPONENT_TYPES = {
  image: Enums.ComponentType.Container,
  os: Enums.ComponentType.OperatingSystem,
  library: Enums.ComponentType.Library,
  application: Enums.ComponentType.Application,
  file: Enums.ComponentType.File,
} as const;

const HASH_ALGORITHMS = {
  sha256: Enums.HashAlgorithm['SHA-256'],
  sha512: Enums.HashAlgorithm['SHA-512'],
} as const;

function licenceOf({ expression, text = '' }: Licence) {
  return expression === undefined ? new Models.NamedLicense(text) : new Models.LicenseExpression(expression);
}

function supplierOf({ name, email }: ComponentInput['supplier']) {
  const contact = email === undefined ? [] : [new Models.OrganizationalContact({ name, email })];
  return new Models.OrganizationalEntity({
    name,
    contact: new Models.OrganizationalContactRepository(contact),
  });
}
