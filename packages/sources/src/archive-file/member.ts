/** A part of a file on this machine; both in bytes. */
export interface FileRange {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

/** One entry of an archive, not yet checked. */
export interface Member {
  /** UTF-8; no "./" before it, no "/" after it. The root folder is the empty text. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'hardlink' | 'char' | 'block' | 'fifo';
  /** Permission bits; undefined where the archive has none (a zip of Windows). */
  readonly mode?: number;
  /** Bytes of content, unpacked. */
  readonly size: number;
  /** Of a symlink: its text. Of a hard link: the other entry's path. */
  readonly linkTarget?: string;
  /** Why its content can't be read, completing "which …" ("is encrypted"). */
  readonly unreadable?: string;
}

/** An open archive: its entries, and access to their contents. */
export interface OpenArchive {
  readonly members: readonly Member[];
  /** Returns the bytes of one of its files. Throws `ArchiveFault`. */
  contentOf(member: Member): Promise<FileRange>;
  close(): void;
}
