import * as fc from 'fast-check';
import { fileEntry, writeTarBytes } from '@image-tooling/layer';
import {
  cleanFailures,
  mutatedBytes,
  mutatedJson,
  mutatedLines,
  type FuzzTarget,
} from '@image-tooling/testkit/fuzz';
import { layerContentsOf, layerSymbolsOf, readCycloneDx } from '../src';
import { readCopyright } from '../src/contents/copyright';
import { readNpmPackage } from '../src/contents/npm-package';
import { readPackages } from '../src/contents/packages';
import { writeCycloneDx } from '../src/cyclonedx/write';
import { goProgram } from './go-programs';
import { exampleInventory, LIBC } from './images';
import { readTarContents } from './read-layer';

const COPYRIGHT = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n
Files: *\nLicense: GPL-2+ with Libtool exception or Artistic, and Expat\n`;

/** Programs of vendors and of registry images. */
export const GO_PROGRAMS: FuzzTarget<Buffer> = {
  name: 'Go programs',
  runs: 300,
  values: mutatedBytes([goProgram(), goProgram({ bits: 32, order: 'big' })]),
  show: (bytes) => bytes.toString('base64'),
  check: async (bytes) => {
    const tar = await writeTarBytes([fileEntry('bin/a', bytes, { mode: 0o755 })]);
    const read = await readTarContents(tar, 'tools');
    cleanFailures(read);
    if (!read.ok) throw new Error('the file is whole, whatever is in it');
    JSON.stringify(read.value);
  },
};

/** Texts of packages. */
export const PACKAGE_TEXTS: FuzzTarget<string> = {
  name: 'texts of packages',
  runs: 400,
  values: fc.oneof(
    mutatedLines([LIBC, COPYRIGHT]),
    mutatedJson(['{"name":"a","version":"1","license":{"type":"MIT"}}']),
  ),
  show: (text) => JSON.stringify(text),
  check: (text) => {
    readPackages(text);
    readCopyright(text);
    readNpmPackage(text);
  },
};

/** SBOMs from registries, and records that were changed. */
export async function sboms(): Promise<FuzzTarget<string>> {
  return {
    name: 'SBOMs',
    runs: 150,
    values: mutatedJson([writeCycloneDx(await exampleInventory())]),
    show: (text) => text,
    check: (text) => {
      cleanFailures(readCycloneDx(text, 'an SBOM'));
      layerContentsOf(text);
      layerSymbolsOf(text);
    },
  };
}
