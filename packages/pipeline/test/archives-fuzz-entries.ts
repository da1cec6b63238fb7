import * as fc from 'fast-check';
import { vendorTar, type VendorEntry, type VendorZipEntry } from '@image-tooling/testkit';

const NAMES = [
  '',
  '/',
  '.',
  './',
  '..',
  '../x',
  'a/../../x',
  '/etc/passwd',
  'usr',
  'usr/bin',
  'usr/bin/tool',
  'tool',
];
const MORE_NAMES = [
  'usr//bin/tool',
  'usr/bin/tool/',
  '.wh.x',
  '.wh..wh..opq',
  'a\\b',
  'C:x',
  'a\nb',
  '\u202e',
  'é',
];
const name = fc.oneof(
  fc.constantFrom(...NAMES, ...MORE_NAMES),
  fc.constantFrom('x/'.repeat(60), 'x/'.repeat(3000), 'x'.repeat(300)),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const entry: fc.Arbitrary<VendorEntry> = fc.record(
  {
    name,
    latin1: fc.boolean(),
    content: fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.constantFrom('9 a=b\n', '12 path=../x\n', '99999999999 a=b\n', '20 GNU.sparse.a=1\n\n'),
    ),
    flag: fc.constantFrom(...Array.from('0123456789xgLKSDVA\0')),
    link: name,
    mode: fc.constantFrom(0, 0o4755, 0o7777, 0o777777),
    size: fc.constantFrom(0, 1, 511, 513, 2 ** 33 - 1),
  },
  { requiredKeys: ['name'] },
);
/** Invalid entries around a wanted one. */
export function withEntries(wanted: VendorEntry): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.array(entry, { maxLength: 4 }), fc.array(entry, { maxLength: 2 }))
    .map(([before, after]) => vendorTar([...before, wanted, ...after]));
}

/** Invalid entries of zips. */
export const zipEntry: fc.Arbitrary<VendorZipEntry> = fc.record(
  {
    name,
    content: fc.string({ maxLength: 30 }),
    mode: fc.constantFrom(0, 0o100755, 0o120777, 0o040755, 0o020644, 0o177777),
    localName: name,
    encrypted: fc.boolean(),
    crc: fc.constantFrom(0, 2 ** 32 - 1),
    size: fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1),
    method: fc.constantFrom(0, 8, 12, 93, 99),
    overlaps: fc.boolean(),
  },
  { requiredKeys: ['name'] },
);
