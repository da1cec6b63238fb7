import {
  readWorkspace,
  type Failure,
  type FileText,
  type Workspace,
  type WorkspaceFiles,
} from '@image-tooling/model';

/** The readable part of a workspace, and the mistakes in the rest. */
export interface SoundPart {
  readonly workspace: Workspace;
  readonly failures: readonly Failure[];
}

/**
 * Returns the images and tools without mistakes in them or their ancestors, so that a mistake in one
 * definition does not hide another in a lock. The failures are those of reading everything. Pure.
 */
export function soundPart(files: WorkspaceFiles): SoundPart {
  const read = readWorkspace(files);
  if (read.ok) return { workspace: read.value, failures: [] };
  const bad = foldersOf(read.failures);
  const rest = withoutFolders(files, bad);
  const isSmaller = rest.images.length + rest.tools.length < files.images.length + files.tools.length;
  const sound = isSmaller ? soundPart(rest).workspace : EMPTY;
  return { workspace: sound, failures: read.failures };
}

/** Returns the folders of the images and tools that failures are about. */
export function foldersOf(failures: readonly Failure[]): Set<string> {
  return new Set(failures.flatMap(({ place }) => (place ? [folderOf(place.file)] : [])));
}

const EMPTY: Workspace = { images: new Map(), tools: new Map() };

function withoutFolders(files: WorkspaceFiles, folders: ReadonlySet<string>): WorkspaceFiles {
  const sound = (some: readonly FileText[] = []) => some.filter(({ file }) => !folders.has(folderOf(file)));
  return {
    ...files,
    images: sound(files.images),
    tools: sound(files.tools),
    imageLocks: sound(files.imageLocks),
    toolLocks: sound(files.toolLocks),
  };
}

/** Returns the folder of a definition: its path without the name of the file. */
export function folderOf(file: string): string {
  return file.slice(0, Math.max(0, file.lastIndexOf('/')));
}
