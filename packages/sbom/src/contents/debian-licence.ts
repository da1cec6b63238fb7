import { isExpression } from './expression';

/** Short names of copyright-format 1.0, "License specification", that SPDX spells differently. */
const SPELLINGS: Readonly<Record<string, string>> = {
  expat: 'MIT',
  artistic: 'Artistic-1.0-Perl',
  'artistic-1': 'Artistic-1.0-Perl',
  'artistic-2': 'Artistic-2.0',
  'apache-1': 'Apache-1.0',
  'apache-2': 'Apache-2.0',
  'bsd-2-clause': 'BSD-2-Clause',
  'bsd-2-clauses': 'BSD-2-Clause',
  'bsd-3-clause': 'BSD-3-Clause',
  'bsd-3-clauses': 'BSD-3-Clause',
  'bsd-4-clause': 'BSD-4-Clause',
  'bsd-4-clause-uc': 'BSD-4-Clause-UC',
  'bsl-1': 'BSL-1.0',
  cc0: 'CC0-1.0',
  'mpl-1': 'MPL-1.0',
  'mpl-2': 'MPL-2.0',
  perl: '(Artistic-1.0-Perl OR GPL-1.0-or-later)',
  psf: 'PSF-2.0',
  'psf-2': 'PSF-2.0',
  python: 'Python-2.0',
  'openldap-2.8': 'OLDAP-2.8',
  qpl: 'QPL-1.0',
  zlib: 'Zlib',
  'zlib/libpng': 'Zlib',
  boost: 'BSL-1.0',
  unicode: 'Unicode-DFS-2016',
};

/**
 * Returns a licence of a machine-readable copyright file ("GPL-2+ or Artistic, and BSD-3-clause") as an SPDX
 * expression. A name that SPDX does not have becomes `LicenseRef-<name>` (SPDX 2.3, annex D).
 */
export function debianExpression(text: string): string {
  return joined(text, /,\s*and\s+/i, ' AND ', (group) =>
    joined(group, /,?\s+or\s+/i, ' OR ', (choice) => joined(choice, /\s+and\s+/i, ' AND ', identifier)),
  );
}

/** Parentheses around a part with another operator: "OR" binds less than "AND" in SPDX. */
function joined(text: string, by: RegExp, operator: string, part: (text: string) => string): string {
  const parts = [...new Set(text.split(by).map((one) => part(one.trim())))];
  if (parts.length === 1) return parts[0]!;
  const needsParentheses = (one: string) =>
    operator === ' AND ' && one.includes(' OR ') && !/^\([^()]*\)$/.test(one);
  return parts.map((one) => (needsParentheses(one) ? `(${one})` : one)).join(operator);
}

function identifier(name: string): string {
  const key = name.toLowerCase();
  const spelled = Object.hasOwn(SPELLINGS, key)
    ? SPELLINGS[key]!
    : (withException(name) ?? gnu(name) ?? name);
  return isExpression(spelled) && !spelled.endsWith('+') ? spelled : `LicenseRef-${sanitised(name)}`;
}

/** "GPL-2+" → "GPL-2.0-or-later"; a deprecated SPDX identifier of the same spelling means "only". */
function gnu(name: string): string | undefined {
  const [, family, invariants = '', major, minor = '.0', plus] =
    /^(A?GPL|LGPL|GFDL)(-NIV)?-v?(\d)(\.\d)?(\+|-or-later|-only)?$/i.exec(name) ?? [];
  if (family === undefined || major === undefined) return undefined;
  const isLater = plus === '+' || plus === '-or-later';
  const end = `${invariants === '' ? '' : 'no-invariants-'}${isLater ? 'or-later' : 'only'}`;
  return `${family.toUpperCase()}-${major}${minor}-${end}`;
}

/** Exceptions that SPDX has, by their names in copyright files. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  bison: 'Bison-exception-2.2',
  'bison-2.2': 'Bison-exception-2.2',
  classpath: 'Classpath-exception-2.0',
  font: 'Font-exception-2.0',
  'gcc-runtime': 'GCC-exception-3.1',
  libtool: 'Libtool-exception',
  'linux-syscall-note': 'Linux-syscall-note',
  texinfo: 'Texinfo-exception',
};

/** "GPL-2+ with Libtool exception" → "GPL-2.0-or-later WITH Libtool-exception". */
function withException(name: string): string | undefined {
  const [, licence = '', exception = ''] = /^(.+?)[ -]with[ -](.+?)[ -]exception$/i.exec(name) ?? [];
  const key = exception.toLowerCase().replaceAll(' ', '-');
  const base = gnu(licence);
  return base !== undefined && Object.hasOwn(EXCEPTIONS, key)
    ? `${base} WITH ${EXCEPTIONS[key]!}`
    : undefined;
}

function sanitised(name: string): string {
  const plain = name
    .replaceAll('+', 'plus')
    .replace(/[^A-Za-z0-9.-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return plain === '' ? 'unnamed' : plain;
}
