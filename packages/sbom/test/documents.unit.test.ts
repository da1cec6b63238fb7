import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { describe, expect, it } from 'vitest';
import type { Inventory } from '@image-tooling/model';
import { codesOf, failuresOf, valueOf } from '@image-tooling/testkit/helpers';
import { readCycloneDx, sbomDocuments } from '../src';
import { writeCycloneDx } from '../src/cyclonedx/write';
import { exampleInventory, incompleteInventory } from './images';
import { checkSpdx, type SpdxDocument } from './check-spdx';

interface Document {
  readonly serialNumber: string;
  readonly metadata: { readonly timestamp: string };
  readonly components: readonly {
    readonly name: string;
    readonly purl?: string;
    readonly properties: readonly { readonly name: string; readonly value: string }[];
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
  readonly compositions: readonly { readonly aggregate: string; readonly dependencies: readonly string[] }[];
}

const cycloneDx = (inventory: Inventory) => JSON.parse(writeCycloneDx(inventory)) as Document;

/** The inventory of an image without packages, tools and files. */
async function emptyInventory(): Promise<Inventory> {
  const { os: _os, ...inventory } = await exampleInventory();
  return { ...inventory, components: [], layers: [] };
}

const INVENTORIES = [
  ['all kinds of components', exampleInventory],
  ['something that could not be read', incompleteInventory],
  ['nothing', emptyInventory],
] as const;

describe.each(INVENTORIES)('the SBOMs of an image with %s', (_, inventoryOf) => {
  it('are valid by the official schema of CycloneDX 1.6', async () => {
    const { cycloneDx: text } = await sbomDocuments(await inventoryOf());
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).toBeNull();
  });

  it('are valid SPDX 2.3, with the same components', async () => {
    const { spdx } = await sbomDocuments(await inventoryOf());
    const document = JSON.parse(spdx) as SpdxDocument;
    expect(checkSpdx(document)).toEqual([]);
    const { components } = cycloneDx(await inventoryOf());
    expect(
      document.packages
        .map(({ name }) => name)
        .slice(1)
        .sort(),
    ).toEqual(components.map(({ name }) => name).sort());
  });

  it('are the same bytes each time', async () => {
    expect(await sbomDocuments(await inventoryOf())).toEqual(await sbomDocuments(await inventoryOf()));
  });

  it('are read back as the inventory', async () => {
    const inventory = await inventoryOf();
    expect(valueOf(readCycloneDx(writeCycloneDx(inventory), 'an SBOM'))).toEqual(inventory);
  });
});

describe('the CycloneDX of an image', () => {
  it('has a serial number from the manifest, and the time of the image', async () => {
    const inventory = await exampleInventory();
    const other = cycloneDx({ ...inventory, manifest: `sha256:${'1'.repeat(64)}` });
    const { serialNumber, metadata } = cycloneDx(inventory);
    expect(serialNumber).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(other.serialNumber).not.toBe(serialNumber);
    expect(metadata.timestamp).toBe('1970-01-01T00:03:20.000Z');
  });

  it('has package URLs, and what Trivy needs of Debian packages', async () => {
    const { components } = cycloneDx(await exampleInventory());
    const found = (name: string) => components.find((one) => one.name === name);
    expect(components.flatMap(({ purl }) => purl ?? []).sort()).toEqual([
      'pkg:deb/debian/bash@5.2-1?arch=amd64&distro=debian-13',
      'pkg:deb/debian/libc6@2.41-12?arch=amd64&distro=debian-13',
      'pkg:deb/debian/libgcc-s1@14.2.0-19?arch=amd64&distro=debian-13',
      'pkg:deb/debian/mawk@1:1.3-2?arch=amd64&distro=debian-13',
      'pkg:golang/example.org/local@v0.1.0',
      'pkg:golang/example.org/new@v2.0.0',
      'pkg:golang/example.org/tool@v1.2.3',
      'pkg:golang/example.org/tool@v1.2.3',
      'pkg:golang/golang.org/x/net@v0.47.0',
      'pkg:golang/stdlib@1.26.8',
      'pkg:npm/%40s/a@1',
    ]);
    const trivy = (name: string) =>
      found(name)?.properties.flatMap((one) =>
        one.name.startsWith('aquasecurity:')
          ? [`${one.name.slice('aquasecurity:trivy:'.length)}=${one.value}`]
          : [],
      );
    expect(trivy('libc6')).toEqual([
      'PkgID=libc6@2.41-12',
      'PkgType=debian',
      'SrcName=glibc',
      'SrcRelease=12',
      'SrcVersion=2.41',
    ]);
    expect(trivy('mawk')).toEqual(expect.arrayContaining(['SrcEpoch=1', 'SrcVersion=1.3', 'SrcRelease=2']));
    expect(trivy('debian')).toEqual(['Class=os-pkgs', 'Type=debian']);
  });

  it('says of each program what BSI TR-03183-2 asks for', async () => {
    const { components } = cycloneDx(await exampleInventory());
    const program = components.find(({ name }) => name === '/usr/local/bin/greet');
    expect(program).toMatchObject({
      hashes: [{ alg: 'SHA-256' }, { alg: 'SHA-512' }],
      licenses: [{ expression: 'Apache-2.0' }],
    });
    expect(
      program?.properties
        .filter(({ name }) => name.startsWith('bsi:'))
        .map(({ name, value }) => `${name}=${value}`),
    ).toEqual([
      'bsi:component:archive=no archive',
      'bsi:component:executable=executable',
      'bsi:component:filename=greet',
      'bsi:component:structured=unstructured',
    ]);
  });

  it('has the graph from the image to its modules', async () => {
    const { dependencies } = cycloneDx(await exampleInventory());
    const below = (ref: string) => dependencies.find((one) => one.ref === ref)?.dependsOn;
    expect(below('image')).toEqual([
      'file:/etc/conf',
      'file:/usr/local/bin/toolbox-help',
      'os',
      'tool:greet',
    ]);
    expect(below('tool:greet')).toEqual([
      'file:/usr/local/bin/greet',
      'file:/usr/local/bin/greet.sh',
      'npm:greet#@s/a@1',
    ]);
    expect(below('file:/usr/local/bin/greet')).toHaveLength(5);
    expect(below('os')).toHaveLength(4);
  });

  it('says what is known completely', async () => {
    const whole = cycloneDx(await exampleInventory());
    const partly = cycloneDx(await incompleteInventory());
    const aggregateOf = ({ compositions }: Document, ref: string) =>
      compositions.find((one) => one.dependencies.includes(ref))?.aggregate;
    const refs = ['image', 'file:/usr/local/bin/greet', 'file:/usr/local/bin/greet.sh'];
    expect(refs.map((ref) => aggregateOf(whole, ref))).toEqual(['complete', 'complete', 'unknown']);
    expect(refs.map((ref) => aggregateOf(partly, ref))).toEqual(['incomplete', 'complete', 'unknown']);
  });
});

describe('a document', () => {
  it.each([
    ['that is not JSON', '{', 'it is not a CycloneDX document'],
    ['of another format', '{"spdxVersion":"SPDX-2.3"}', 'it is not a CycloneDX document'],
    [
      'of another program',
      '{"bomFormat":"CycloneDX","metadata":{"timestamp":"2026-01-01T00:00:00Z","component":{"bom-ref":"a","name":"a"}}}',
      'a component has no property "image-tooling:platform"',
    ],
  ])('%s is refused', (_, text, why) => {
    const read = readCycloneDx(text, 'sbom.cdx.json');
    expect(codesOf(read)).toEqual(['schema']);
    expect(failuresOf(read)[0].message).toBe(`sbom.cdx.json is not an SBOM of image-tooling: ${why}.`);
  });

  it.each([
    ['a layer', 'bootstrap base', 'other base'],
    ['a digest', '"version": "sha256:', '"version": "md5:'],
    ['a kind', '"value": "deb"', '"value": "rpm"'],
    ['a source', '"value": "go"\n', '"value": "gem"\n'],
    ['a platform', '"value": "linux/amd64"', '"value": "plan9"'],
  ])('with another word for %s is refused', async (_, from, to) => {
    const text = writeCycloneDx(await exampleInventory());
    expect(text).toContain(from);
    expect(codesOf(readCycloneDx(text.replaceAll(from, to), 'an SBOM'))).toEqual(['schema']);
  });
});
