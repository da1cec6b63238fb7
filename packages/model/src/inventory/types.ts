import type { SourceKind } from '../definitions/source-choice';
import type { Digest } from '../digest';
import type { LayerKind } from '../layer';
import type { Platform } from '../platform';

/**
 * What is in an image of one platform: everything that its SBOM says and a scan needs. A pure function of the image's
 * layers and layers.json, so that it is the same wherever the image is built.
 */
export interface Inventory {
  readonly image: string;
  readonly description: string;
  readonly platform: Platform;
  /** The image's manifest, which the SBOM describes. */
  readonly manifest: Digest;
  /** The maker of the image, from its labels. */
  readonly creator?: string;
  /** Creation time of the image's config, in seconds since the epoch. */
  readonly created: number;
  /** Bottom first. */
  readonly layers: readonly InventoryLayer[];
  /** The distribution, from os-release(5). */
  readonly os?: OperatingSystem;
  /** Sorted by kind, name and version. */
  readonly components: readonly Component[];
  /** Files that could not be read: the inventory is incomplete. */
  readonly unread: readonly UnreadPath[];
}

export interface OperatingSystem {
  /** "debian" */
  readonly id: string;
  /** "13" */
  readonly version?: string;
  /** "trixie" */
  readonly codename?: string;
}

export interface UnreadPath {
  /** Digest of the layer. */
  readonly layer: Digest;
  readonly path: string;
  readonly reason: string;
}

export interface InventoryLayer {
  readonly digest: Digest;
  readonly diffId: Digest;
  readonly kind: LayerKind;
  /** The image or tool whose definition made it. */
  readonly owner: string;
}

export type Component = DebianPackage | ToolComponent | GoModule | NpmPackage | FileComponent;

/** A licence as found: an SPDX expression, or else the words of the source. */
export interface Licence {
  readonly expression?: string;
  readonly text?: string;
}

interface InLayer {
  /** Digest of the layer that brings it. */
  readonly layer: Digest;
}

/** An installed Debian package, from dpkg's status (deb822, dpkg-query(1)). */
export interface DebianPackage extends InLayer {
  readonly kind: 'deb';
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly source: { readonly name: string; readonly version: string };
  readonly maintainer?: string;
  readonly homepage?: string;
  /** From its copyright file, where that is machine-readable (DEP-5). */
  readonly licence?: Licence;
  /** Names of installed packages, sorted. */
  readonly dependsOn: readonly string[];
}

/** A program of a tool's or files layer, with its hashes. */
export interface Program {
  /** From the root, without a leading slash. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /** Hexadecimal. */
  readonly sha512: string;
  readonly executable: boolean;
  /** Archives count as structured (BSI TR-03183-2, "structured property"). */
  readonly archive: boolean;
}

export interface ToolComponent extends InLayer {
  readonly kind: 'tool';
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly source: SourceKind;
  readonly licence?: Licence;
  readonly homepage?: string;
  /** Its name and version where it comes from: a Go module, an npm package, a Debian package. */
  readonly package?: { readonly name: string; readonly version: string };
  readonly files: readonly Program[];
}

/** A module in a Go program, from the program's own build information; `stdlib` for the standard library. */
export interface GoModule extends InLayer {
  readonly kind: 'go';
  /** The module's path ("golang.org/x/net"), or "stdlib". */
  readonly name: string;
  /** With its "v"; without for "stdlib" ("1.26.8"). */
  readonly version: string;
  /** The "h1:" hash of go.sum, if the program states it. */
  readonly sum?: string;
  readonly tool: string;
  /** The program's path. */
  readonly program: string;
}

/** A package of npm in a tool's layer, from its package.json. */
export interface NpmPackage extends InLayer {
  readonly kind: 'npm';
  readonly name: string;
  readonly version: string;
  readonly licence?: Licence;
  readonly tool: string;
}

/** A file of a files layer. */
export interface FileComponent extends InLayer, Program {
  readonly kind: 'file';
}
