import type { Licence, Program } from '@image-tooling/model';
import type { LinkedModule } from '../go-program';

/**
 * Which files of a layer are read as programs: of a `tools` layer its programs and archives, of `files` all files, of
 * `go` only programs made by Go; `system`: none, since dpkg knows them.
 */
export const SCOPES = ['system', 'tools', 'files', 'go'] as const;
export type Scope = (typeof SCOPES)[number];

/** What is in a layer: a function of its tar and the scope, kept by diff id. */
export interface LayerContents {
  readonly contentsVersion: typeof CONTENTS_VERSION;
  readonly scope: Scope;
  readonly os?: OsRelease;
  /** All packages of the system up to this layer, as dpkg's status in it says; undefined if it has none. */
  readonly packages?: readonly InstalledPackage[];
  /** Packages with a record of their own, as in images without dpkg (`status.d`). */
  readonly records: readonly InstalledPackage[];
  /** Name of a folder of /usr/share/doc → licence in its copyright file. */
  readonly licences: Readonly<Record<string, Licence>>;
  /** Name of a folder of /usr/share/doc → the folder that it, or its copyright file, is a link to. */
  readonly docLinks: Readonly<Record<string, string>>;
  readonly files: readonly Program[];
  readonly go: readonly GoProgram[];
  readonly npm: readonly FoundNpmPackage[];
  /** Files with setuid or setgid. */
  readonly privileged: readonly PrivilegedFile[];
  /** What could not be read: the inventory is then incomplete. */
  readonly unread: readonly UnreadFile[];
}

/** Raise it when another reader finds more or other things: kept contents are then read again. */
export const CONTENTS_VERSION = 3;

/** os-release(5). */
export interface OsRelease {
  readonly id: string;
  readonly version?: string;
  readonly codename?: string;
}

/** A package in dpkg's status (dpkg-query(1)). */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly source: { readonly name: string; readonly version: string };
  readonly maintainer?: string;
  readonly homepage?: string;
  /** Alternatives of each dependency, without versions. */
  readonly depends: readonly (readonly string[])[];
  readonly provides: readonly string[];
}

export interface GoProgram {
  /** From the root, without a leading slash. */
  readonly path: string;
  /** "go1.26.8" */
  readonly goVersion: string;
  /** The main module first, if the program states it. */
  readonly modules: readonly LinkedModule[];
}

export interface FoundNpmPackage {
  readonly name: string;
  readonly version: string;
  readonly licence?: Licence;
}

export interface PrivilegedFile {
  readonly path: string;
  /** Octal: "4755". */
  readonly mode: string;
}

export interface UnreadFile {
  readonly path: string;
  readonly reason: string;
}

/** Path of a Go program → import path → its linked functions, sorted. */
export type LayerSymbols = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export interface ReadLayer {
  readonly contents: LayerContents;
  /** Without the programs whose table of functions can't be read. */
  readonly symbols: LayerSymbols;
}
