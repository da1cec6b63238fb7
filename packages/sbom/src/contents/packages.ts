import { parseStanzas, type Stanza } from '@image-tooling/model';
import type { InstalledPackage } from './types';

export interface ReadPackages {
  readonly packages: readonly InstalledPackage[];
  /** Number of paragraphs of installed packages without a valid name or version. */
  readonly invalid: number;
}

/** Reads the installed packages of dpkg's status file, or of a record in `status.d`, which has no state. */
export function readPackages(text: string): ReadPackages {
  const installed = parseStanzas(text).filter(hasFiles);
  const packages = installed.flatMap((stanza) => packageOf(stanza) ?? []);
  return { packages, invalid: installed.length - packages.length };
}

/** States of packages without files (dpkg(1), "Package states"). */
function hasFiles(stanza: Stanza): boolean {
  return !/ (?:not-installed|config-files)$/.test(stanza.get('status') ?? '');
}

/** Debian policy 5.6.7 and 5.6.12. */
const NAME = /^[a-z0-9][a-z0-9+.-]*$/;
const VERSION = /^(?:[0-9]+:)?[0-9A-Za-z][0-9A-Za-z.+~-]*$/;

function packageOf(stanza: Stanza): InstalledPackage | undefined {
  const name = stanza.get('package') ?? '';
  const version = stanza.get('version') ?? '';
  if (!NAME.test(name) || !VERSION.test(version)) return undefined;
  const [maintainer, homepage] = [stanza.get('maintainer'), stanza.get('homepage')];
  return {
    name,
    version,
    architecture: stanza.get('architecture') ?? '',
    source: sourceOf(stanza.get('source') ?? '', { name, version }),
    ...(maintainer !== undefined && { maintainer }),
    ...(homepage !== undefined && { homepage }),
    depends: [...relations(stanza.get('pre-depends')), ...relations(stanza.get('depends'))],
    provides: relations(stanza.get('provides')).flat(),
  };
}

/** "glibc (2.41-12)", "glibc", or nothing if both are the package's (deb-src-control(5), Source). */
function sourceOf(text: string, own: InstalledPackage['source']): InstalledPackage['source'] {
  const [, name, version] = /^([a-z0-9][a-z0-9+.-]*)(?:\s+\(([^)\s]+)\))?$/.exec(text) ?? [];
  return { name: name ?? own.name, version: version ?? own.version };
}

/** "libc6 (>= 2.38), debconf | debconf-2.0, perl:any" (Debian policy 7.1), without versions and architectures. */
function relations(text = ''): string[][] {
  return text
    .split(',')
    .map((group) => group.split('|').flatMap((one) => /^\s*([a-z0-9][a-z0-9+.-]*)/.exec(one)?.[1] ?? []))
    .filter((group) => group.length > 0);
}
