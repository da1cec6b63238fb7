import type * as LibraryModule from '@cyclonedx/cyclonedx-library';
import type { Inventory, Licence } from '@image-tooling/model';
import { compositionsOf } from './compositions';
import { componentInputs, type ComponentInput } from '../document/components';
import { GENERATOR } from '../document/generator';
import { dependencyGraph, IMAGE_REF } from '../document/graph';
import { uuidOf } from '../document/uuid';

type Library = typeof LibraryModule;
type LibraryComponent = InstanceType<Library['Models']['Component']>;

/**
 * Returns an image's SBOM as CycloneDX 1.6 JSON. The same inventory gives the same bytes: the serial number comes from
 * the manifest's digest, the time from the image's config.
 */
export async function writeCycloneDx(inventory: Inventory): Promise<string> {
  const library = await import('@cyclonedx/cyclonedx-library');
  const { Models, Serialize, Spec } = library;
  const [image, ...components] = componentInputs(inventory);
  if (!image) throw new Error('the first component is the image');
  const bom = new Models.Bom({ serialNumber: `urn:uuid:${uuidOf(inventory.manifest)}` });
  bom.metadata.timestamp = new Date(inventory.created * 1000);
  bom.metadata.lifecycles.add(library.Enums.LifecyclePhase.PostBuild);
  bom.metadata.tools.components.add(
    new Models.Component(library.Enums.ComponentType.Application, GENERATOR.name, {
      version: GENERATOR.version,
    }),
  );
  const made = new Map<string, LibraryComponent>();
  for (const input of [image, ...components]) made.set(input.ref, componentOf(input, library));
  bom.metadata.component = made.get(IMAGE_REF)!;
  for (const { ref } of components) bom.components.add(made.get(ref)!);
  for (const [from, all] of dependencyGraph(inventory))
    for (const to of all) made.get(from)!.dependencies.add(made.get(to)!.bomRef);
  const normalizer = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6).makeForBom();
  const json = normalizer.normalize(bom, { sortLists: true });
  return `${JSON.stringify({ ...json, compositions: compositionsOf(inventory) }, undefined, 1)}\n`;
}

function componentOf(input: ComponentInput, library: Library): LibraryComponent {
  const { Models, Enums } = library;
  const component = new Models.Component(componentTypes(library)[input.type], input.name, {
    bomRef: input.ref,
    version: input.version,
    description: input.description,
    purl: input.purl,
  });
  for (const [name, value] of input.properties) component.properties.add(new Models.Property(name, value));
  for (const [algorithm, value] of Object.entries(input.hashes ?? {}))
    component.hashes.set(
      hashAlgorithms(library)[algorithm as keyof NonNullable<ComponentInput['hashes']>],
      value,
    );
  if (input.licence) component.licenses.add(licenceOf(input.licence, library));
  if (input.homepage !== undefined)
    component.externalReferences.add(
      new Models.ExternalReference(input.homepage, Enums.ExternalReferenceType.Website),
    );
  component.supplier = supplierOf(input.supplier, library);
  return component;
}

function componentTypes({ Enums: { ComponentType } }: Library) {
  return {
    image: ComponentType.Container,
    os: ComponentType.OperatingSystem,
    library: ComponentType.Library,
    application: ComponentType.Application,
    file: ComponentType.File,
  } as const;
}

function hashAlgorithms({ Enums: { HashAlgorithm } }: Library) {
  return { sha256: HashAlgorithm['SHA-256'], sha512: HashAlgorithm['SHA-512'] } as const;
}

function licenceOf({ expression, text = '' }: Licence, { Models }: Library) {
  return expression === undefined ? new Models.NamedLicense(text) : new Models.LicenseExpression(expression);
}

function supplierOf({ name, email }: ComponentInput['supplier'], { Models }: Library) {
  const contact = email === undefined ? [] : [new Models.OrganizationalContact({ name, email })];
  return new Models.OrganizationalEntity({
    name,
    contact: new Models.OrganizationalContactRepository(contact),
  });
}
