/** A file of a fixture package: its text, or more about it. */
export type FixtureFile =
  | string
  | {
      readonly content?: string | Buffer;
      /** Target of a symbolic link. */
      readonly symlink?: string;
      /** Another path of the same package. */
      readonly hardlink?: string;
      /** An empty folder. */
      readonly folder?: true;
      /** Default 0644, folders 0755. */
      readonly mode?: number;
      readonly uid?: number;
      readonly gid?: number;
    };

/** A package to build. Fields are those of its control file. */
export interface FixturePackage {
  readonly name: string;
  /** Its source package, with a version in parentheses if that differs; default: as its own. */
  readonly source?: string;
  readonly version?: string;
  /** Default `all`. */
  readonly arch?: 'all' | 'amd64' | 'arm64';
  readonly depends?: string;
  readonly preDepends?: string;
  readonly provides?: string;
  readonly conflicts?: string;
  readonly breaks?: string;
  readonly recommends?: string;
  /** Default `optional`. */
  readonly priority?: 'required' | 'important' | 'standard' | 'optional';
  readonly essential?: boolean;
  readonly multiArch?: 'same' | 'foreign' | 'allowed';
  readonly section?: string;
  /** By path without a leading slash. Parent folders are made. */
  readonly files?: Readonly<Record<string, FixtureFile>>;
  /** Bodies of maintainer scripts; `#!/bin/sh` is added if missing. */
  readonly scripts?: Readonly<Partial<Record<'preinst' | 'postinst' | 'prerm' | 'postrm', string>>>;
  /** Absolute paths. */
  readonly conffiles?: readonly string[];
  /** Of data.tar and control.tar. Default `xz`. */
  readonly packing?: 'xz' | 'gz' | 'zst' | 'none';
}

/** Returns the fields of the control file, in Debian's order. */
export function controlFields(fixture: FixturePackage): [string, string][] {
  const fields: [string, string | undefined][] = [
    ['Package', fixture.name],
    ['Source', fixture.source],
    ['Version', versionOf(fixture)],
    ['Architecture', archOf(fixture)],
    ['Maintainer', 'Fixture Archive <fixture@archive.invalid>'],
    ['Essential', fixture.essential ? 'yes' : undefined],
    ['Priority', fixture.priority ?? 'optional'],
    ['Section', fixture.section ?? 'misc'],
    ['Multi-Arch', fixture.multiArch],
    ['Provides', fixture.provides],
    ['Pre-Depends', fixture.preDepends],
    ['Depends', fixture.depends],
    ['Recommends', fixture.recommends],
    ['Conflicts', fixture.conflicts],
    ['Breaks', fixture.breaks],
    ['Description', `Fixture package ${fixture.name}\n A package of the test kit's own archive.`],
  ];
  return fields.filter((field): field is [string, string] => field[1] !== undefined);
}

export function versionOf(fixture: FixturePackage): string {
  return fixture.version ?? '1.0';
}

export function archOf(fixture: FixturePackage): 'all' | 'amd64' | 'arm64' {
  return fixture.arch ?? 'all';
}
