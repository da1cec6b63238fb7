import { posix } from 'node:path';
import type { Piece } from './findings';

/** A file that a Dockerfile downloads. */
export interface Download {
  /** For the processor that the Dockerfile is read for, with what is not known left as written. */
  readonly url: string;
  /** The parts of the URL that are not known. */
  readonly unknown: readonly string[];
  /** Values of variables at that time, one of which may be its version. */
  readonly versions: readonly string[];
  /** All pieces that use it. */
  readonly pieces: Set<Piece>;
  /** The checksum in the Dockerfile. */
  sha256?: string;
}

/** Where the bytes of a file come from. */
export type Content =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'download'; readonly download: Download }
  /** A file of an archive; `isGuess` if its path in the archive is a guess. */
  | {
      readonly kind: 'member';
      readonly download: Download;
      readonly path: string;
      readonly isGuess?: boolean;
    }
  | { readonly kind: 'copied'; readonly source: string; readonly executable: boolean };

export interface FileNode {
  readonly content: Content;
  /** Four octal digits; undefined if it was not set. */
  readonly mode?: string;
  /** As written: "dev:dev". */
  readonly owner?: string;
  readonly pieces: ReadonlySet<Piece>;
}

export interface FolderNode {
  readonly mode?: string;
  readonly owner?: string;
  readonly pieces: ReadonlySet<Piece>;
}

/** An archive that was unpacked into a folder. */
export interface Unpacked {
  readonly folder: string;
  readonly download: Download;
  /** How many leading parts of the paths were removed (--strip-components). */
  readonly strip: number;
  /** The paths that were unpacked; undefined: all. */
  readonly members?: readonly string[];
}

/** The files of a stage, as far as they are known without running its steps. */
export class Files {
  readonly nodes = new Map<string, FileNode>();
  readonly folders = new Map<string, FolderNode>();
  unpacked: readonly Unpacked[] = [];
  /** Symbolic links and their targets. */
  readonly links = new Map<string, string>();

  copy(): Files {
    const other = new Files();
    for (const [path, node] of this.nodes) other.nodes.set(path, node);
    for (const [path, node] of this.folders) other.folders.set(path, node);
    for (const [path, target] of this.links) other.links.set(path, target);
    other.unpacked = this.unpacked;
    return other;
  }

  /** Returns the file at a path: one that was written, or one of an unpacked archive. */
  get(path: string): FileNode | undefined {
    return this.nodes.get(path) ?? this.memberAt(path);
  }

  isFolder(path: string): boolean {
    return this.folders.has(path) || this.below(path).length > 0 || STANDARD_FOLDERS.test(path);
  }

  write(path: string, node: FileNode): void {
    this.nodes.set(path, node);
  }

  /** Returns the paths of written files at or below `path`. */
  below(path: string): string[] {
    return [...this.nodes.keys()].filter((file) => file === path || file.startsWith(slashed(path)));
  }

  /** Removes what is at or below `path`. Returns whether there was anything. */
  remove(path: string): boolean {
    const files = this.below(path);
    const folders = [...this.folders.keys()].filter((one) => one === path || one.startsWith(slashed(path)));
    const trees = this.unpacked.filter(({ folder }) => folder === path || folder.startsWith(slashed(path)));
    files.forEach((file) => this.nodes.delete(file));
    folders.forEach((folder) => this.folders.delete(folder));
    this.unpacked = this.unpacked.filter((tree) => !trees.includes(tree));
    return files.length + folders.length + trees.length > 0 || this.links.delete(path);
  }

  /** Returns a file of an unpacked archive. Prefers the archive whose name contains the file's name, then the newest. */
  private memberAt(path: string): FileNode | undefined {
    const trees = this.unpacked
      .filter((tree) => path.startsWith(slashed(tree.folder)) && holds(tree, path))
      .reverse();
    const named = trees.find(({ download }) =>
      posix.basename(download.url).toLowerCase().includes(posix.basename(path).toLowerCase()),
    );
    const tree = named ?? trees[0];
    if (!tree) return undefined;
    return {
      content: { kind: 'member', download: tree.download, ...memberPath(tree, path) },
      pieces: tree.download.pieces,
    };
  }
}

/** Folders that every Debian system has. */
const STANDARD_FOLDERS =
  /^(?:\/|\/(?:usr(?:\/local)?\/)?(?:bin|sbin|lib|share|src|include)|\/usr(?:\/local)?|\/(?:tmp|opt|etc|root|home|srv|mnt|var|var\/(?:tmp|lib|cache|log))|\/etc\/(?:apt(?:\/(?:keyrings|sources\.list\.d|trusted\.gpg\.d))?|profile\.d|sudoers\.d|ssl|ssl\/certs)|\/usr\/share\/keyrings)$/;

/** Returns whether a folder contains programs ("bin", "sbin"). */
export function isProgramFolder(path: string): boolean {
  return /(?:^|\/)s?bin$/.test(path);
}

function slashed(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}

function holds({ members, folder, strip }: Unpacked, path: string): boolean {
  if (members === undefined) return true;
  const relative = posix.relative(folder, path);
  return members.some((member) => {
    const stripped = member.split('/').slice(strip).join('/');
    return relative === stripped || relative.startsWith(slashed(stripped)) || stripped.includes('*');
  });
}

/** Returns the path in the archive. The part that --strip-components removed is a guess: usually the archive's own name. */
function memberPath(
  { members, folder, strip, download }: Unpacked,
  path: string,
): { path: string; isGuess?: boolean } {
  const relative = posix.relative(folder, path);
  if (strip === 0) return { path: relative };
  const named = members?.find((member) => member.split('/').slice(strip).join('/') === relative);
  return named === undefined
    ? { path: `${stemOf(download.url)}/${relative}`, isGuess: true }
    : { path: named };
}

/** Returns the name of an archive without its extension. */
export function stemOf(url: string): string {
  return posix.basename(url).replace(/\.(?:tar(?:\.\w+)?|t[gx]z|tbz2?|zip|gz|xz|bz2)$/, '');
}
