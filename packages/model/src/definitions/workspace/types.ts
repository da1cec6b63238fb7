import type { JsonDocument } from '../../diagnostics/document';
import type { Parsed } from '../../diagnostics/parse';
import type { Failure } from '../../failure';
import type { ArchiveLock } from '../archive-lock';
import type { ImageDefinition } from '../image';
import type { ImageLock, ToolLock } from '../locks';
import type { WorkspaceOptions } from '../options';
import type { ToolDefinition } from '../tool';

/** A definition and its lock, under the name of their folder. */
export interface Entry<Definition, Lock> {
  readonly name: string;
  /** The folder, relative to the workspace root. */
  readonly folder: string;
  readonly definition: Definition;
  /** The file of the definition, to point at what it says. */
  readonly document: JsonDocument;
  /** Undefined if it is missing, was not requested, or can't be read. */
  readonly lock?: Parsed<Lock>;
  /**
   * Why the lock can't be used. The workspace is valid without it, since `lock` writes it again. See
   * `checkLocks`.
   */
  readonly lockFailures?: readonly Failure[];
}

export type ImageEntry = Entry<ImageDefinition, ImageLock>;
export type Tool = Entry<ToolDefinition, ToolLock>;

/** An image with what it refers to. */
export interface Image extends ImageEntry {
  /** The parent image; undefined on Debian or a registry image. */
  readonly parent?: Image;
  /** Its own tools, by name, without those of the parent. */
  readonly tools: readonly Tool[];
}

/** The folders of images and tools, relative to the workspace root. */
export type Folders = Pick<WorkspaceOptions, 'imagesDir' | 'toolsDir'>;

/** Everything that was read, before the files are cross-checked. */
export interface WorkspaceEntries {
  readonly images: ReadonlyMap<string, ImageEntry>;
  readonly tools: ReadonlyMap<string, Tool>;
  /** Names of images and tools whose own file is wrong: references to them are valid. */
  readonly unreadable: ReadonlySet<string>;
  readonly folders: Folders;
  readonly archiveLock?: Parsed<ArchiveLock>;
}

/** All images and tools, cross-checked. */
export interface Workspace {
  /** Parents before children; by name among equals. */
  readonly images: ReadonlyMap<string, Image>;
  /** By name. */
  readonly tools: ReadonlyMap<string, Tool>;
  readonly archiveLock?: ArchiveLock;
}
