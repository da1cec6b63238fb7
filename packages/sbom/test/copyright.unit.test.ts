import { describe, expect, it } from 'vitest';
import { readCopyright } from '../src/contents/copyright';
import { debianExpression } from '../src/contents/debian-licence';

const HEADER = 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n';

describe('a licence of a copyright file', () => {
  it.each([
    ['GPL-2+', 'GPL-2.0-or-later'],
    ['GPL-3', 'GPL-3.0-only'],
    ['LGPL-2.1+', 'LGPL-2.1-or-later'],
    ['GPL-2.0-or-later', 'GPL-2.0-or-later'],
    ['GFDL-NIV-1.3+', 'GFDL-1.3-no-invariants-or-later'],
    ['Expat', 'MIT'],
    ['BSD-3-clause', 'BSD-3-Clause'],
    ['Apache-2.0', 'Apache-2.0'],
    ['GPL-2+ or Artistic', 'GPL-2.0-or-later OR Artistic-1.0-Perl'],
    ['GPL-2+ or Artistic, and Expat', '(GPL-2.0-or-later OR Artistic-1.0-Perl) AND MIT'],
    ['Expat and ISC', 'MIT AND ISC'],
    ['Expat and Expat', 'MIT'],
    ['GPL-2+ with Libtool exception', 'GPL-2.0-or-later WITH Libtool-exception'],
    ['GPL-2+ with OpenSSL exception', 'LicenseRef-GPL-2plus-with-OpenSSL-exception'],
    ['LPPL-1.2+', 'LicenseRef-LPPL-1.2plus'],
    ['public-domain', 'LicenseRef-public-domain'],
    ['__proto__', 'LicenseRef-proto'],
    ['\u001b[31m', 'LicenseRef-31m'],
    ['+++', 'LicenseRef-plusplusplus'],
    ['()', 'LicenseRef-unnamed'],
  ])('%j is %s', (text, expression) => expect(debianExpression(text)).toBe(expression));
});

describe('a copyright file', () => {
  it('has the licences of all of its files, sorted, each once', () => {
    const text = `${HEADER}Upstream-Name: x\n
Files: *\nCopyright: me\nLicense: GPL-2+ or Artistic\n
Files: b\nCopyright: me\nLicense: Expat\n words\n
Files: c\nLicense: Expat and ISC\n
License: Unused\n words\n`;
    expect(readCopyright(text)).toEqual({
      expression: '(GPL-2.0-or-later OR Artistic-1.0-Perl) AND ISC AND MIT',
    });
  });

  it.each([
    ['without a format', 'This package was debianized by\n\nFiles: *\nLicense: Expat\n'],
    ['without licences', `${HEADER}\nFiles: *\nCopyright: me\n`],
    ['that is empty', ''],
  ])('%s states no licence', (_, text) => expect(readCopyright(text)).toBeUndefined());
});
