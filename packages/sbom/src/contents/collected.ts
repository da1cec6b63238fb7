import { displayPath, type TarEntry } from '@image-tooling/layer';
import type { Licence, Program } from '@image-tooling/model';
import type { ReadGoProgram } from './go-files';
import type { ReadPackages } from './packages';
import {
  CONTENTS_VERSION,
  type FoundNpmPackage,
  type GoProgram,
  type InstalledPackage,
  type LayerSymbols,
  type OsRelease,
  type PrivilegedFile,
  type ReadLayer,
  type Scope,
  type UnreadFile,
} from './types';

/** Collects what is found in a layer. The result does not depend on the order of the tar. */
export class Collected {
  private os: OsRelease | undefined;
  private packages: readonly InstalledPackage[] | undefined;
  private readonly records: InstalledPackage[] = [];
  private readonly licences = new Map<string, Licence>();
  private readonly docLinks = new Map<string, string>();
  private readonly files: Program[] = [];
  private readonly go: GoProgram[] = [];
  private readonly symbols = new Map<string, LayerSymbols[string]>();
  private readonly npm: FoundNpmPackage[] = [];
  private readonly privileged: PrivilegedFile[] = [];
  private readonly unread: UnreadFile[] = [];

  setOs(os: OsRelease | undefined): void {
    this.os = os ?? this.os;
  }

  setPackages({ packages, invalid }: ReadPackages, path: string): void {
    this.packages = packages;
    if (invalid > 0) this.addUnread(path, `Packages without a valid name or version: ${invalid}.`);
  }

  addRecords({ packages, invalid }: ReadPackages, path: string): void {
    this.records.push(...packages);
    if (invalid > 0) this.addUnread(path, 'It has no valid name or version.');
  }

  addLicence(name: string, licence: Licence | undefined): void {
    if (licence) this.licences.set(name, licence);
  }

  addLink({ path, linkTarget = '' }: TarEntry): void {
    const name = LINKED.exec(path)?.[1];
    const target = TARGET.exec(linkTarget)?.[1];
    if (name !== undefined && target !== undefined) this.docLinks.set(name, target);
  }

  addFile(program: Program): void {
    this.files.push(program);
  }

  addGo(path: string, { program, symbols, unread }: ReadGoProgram): void {
    if (program) this.go.push(program);
    if (symbols) this.symbols.set(path, symbols);
    if (unread !== undefined) this.addUnread(path, unread);
  }

  addNpm(found: FoundNpmPackage | undefined, path: string): void {
    if (found) this.npm.push(found);
    else this.addUnread(path, 'It is not a package.json with a name and version.');
  }

  addPrivileged({ path, mode }: TarEntry): void {
    this.privileged.push({ path: displayPath(path), mode: mode.toString(8) });
  }

  addUnread(path: string, reason: string): void {
    this.unread.push({ path, reason });
  }

  result(scope: Scope): ReadLayer {
    const contents = {
      contentsVersion: CONTENTS_VERSION,
      scope,
      ...(this.os && { os: this.os }),
      ...(this.packages && { packages: this.packages.toSorted(byKeys('name', 'architecture')) }),
      records: this.records.sort(byKeys('name', 'architecture')),
      licences: Object.fromEntries([...this.licences].sort()),
      docLinks: Object.fromEntries([...this.docLinks].sort()),
      files: this.files.sort(byKeys('path')),
      go: this.go.sort(byKeys('path')),
      npm: uniqueNpm(this.npm),
      privileged: this.privileged.sort(byKeys('path')),
      unread: this.unread.sort(byKeys('path')),
    } as const;
    return { contents, symbols: Object.fromEntries([...this.symbols].sort()) };
  }
}

/** A folder of documentation, or the copyright file in it. */
const LINKED = /^usr\/share\/doc\/([^/]+)(?:\/copyright)?$/;
/** "libfoo-common", "../libfoo-common/copyright". */
const TARGET = /^(?:\.\/|\.\.\/doc\/|\.\.\/|\/usr\/share\/doc\/)?([^/.][^/]*)(?:\/copyright)?$/;

/** Returns the order of objects by the values of keys. */
function byKeys<K extends string>(...keys: readonly K[]) {
  return (a: Readonly<Record<K, string>>, b: Readonly<Record<K, string>>): number => {
    const key = keys.find((one) => a[one] !== b[one]);
    return key === undefined ? 0 : a[key] < b[key] ? -1 : 1;
  };
}

/** The same version may be installed below several packages. */
function uniqueNpm(found: readonly FoundNpmPackage[]): FoundNpmPackage[] {
  const unique = new Map(found.map((one) => [`${one.name} ${one.version}`, one]));
  return [...unique.values()].sort(byKeys('name', 'version'));
}
