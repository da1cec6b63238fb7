import type { Component, Digest, Inventory, SourceKind } from '@image-tooling/model';

/** The functions that are linked into a Go program, by import path: "net/http" → "Get", "Client.Do". */
export type ProgramSymbols = Readonly<Record<string, readonly string[]>>;

/** The functions of Go programs, by the program's path. */
export type LinkedSymbols = Readonly<Record<string, ProgramSymbols>>;

/** A file with the setuid or setgid bit. */
export interface SetuidFile {
  /** Absolute. */
  readonly path: string;
  readonly layer: Digest;
}

/** A tool as the workspace defines it. */
export interface DefinedTool {
  readonly name: string;
  /** Path of tool.json, relative to the workspace. */
  readonly file: string;
  /** Where its bytes come from. */
  readonly source: SourceKind;
  /** The Go module that has its program. */
  readonly goModule?: string;
  /** Its package of npm. */
  readonly npmPackage?: string;
}

/** An image as the workspace defines it. */
export interface DefinedImage {
  readonly name: string;
  /** Path of image.json, relative to the workspace. */
  readonly file: string;
  readonly tools: readonly DefinedTool[];
  /** Bytes; `budget.compressed`. */
  readonly budget?: number;
  /** Absolute paths of `setuid`. */
  readonly setuid: readonly string[];
}

/** All that a scan reads of one image on one platform, besides vulnerability data. */
export interface ScanSubject {
  readonly inventory: Inventory;
  /** The Debian release that it is based on ("trixie"); undefined on another system. */
  readonly debian: string | undefined;
  /** Bytes of all layers as they are pulled. */
  readonly compressedSize: number;
  readonly setuid: readonly SetuidFile[];
  /** Returns the package URL of a component in the SBOM; undefined if it has none. */
  purlOf(component: Component): string | undefined;
  /** Parents first, the image itself last. */
  readonly chain: readonly [...DefinedImage[], DefinedImage];
}
