/** Type letters of GNU find's `%y` that matter here; others are devices, pipes and sockets. */
export type FileType = 'f' | 'd' | 'l' | (string & {});

/** A path of an image. */
export interface ListedFile {
  /** Absolute. */
  readonly path: string;
  readonly type: FileType;
  /** Permissions with setuid, setgid and sticky bit: 0o1777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Name, or the number again where the image has no name for it. */
  readonly user: string;
  readonly group: string;
  /** Bytes. */
  readonly size: number;
  /** What a symbolic link says. */
  readonly target?: string;
}

/**
 * Lists a whole image (GNU findutils, "Format Directives"), each record ended by NUL; a symbolic link has its
 * target as a second one. Run it as root, and in a container in which nothing else has run: commands leave
 * files in /tmp and in homes.
 */
export const LISTING_ARGV: readonly [string, ...string[]] = [
  'find',
  '/',
  '-xdev',
  '-printf',
  '%y %m %U %G %u %g %s %p\\0',
  '-type',
  'l',
  '-printf',
  '%l\\0',
];

/** Where a run puts its own files into the container that it lists. */
export const CHECK_SCRATCH = '/run/image-checks';

/**
 * What engines mount or create in a running container (Dagger: `/.step`, `/.init`): not part of the image.
 */
const ENGINE_FOLDERS = ['/proc', '/sys', '/dev', '/run', '/.step', '/.init'];

const RECORD = /^(\S) ([0-7]+) (\d+) (\d+) (\S+) (\S+) (\d+) (\/[^]*)$/;

/** The files of an image by path. */
export type Files = ReadonlyMap<string, ListedFile>;

/** Parses a listing; returns undefined if it is incomplete. */
export function parseListing(listing: string): Files | undefined {
  const records = listing.split('\0');
  if (records.pop() !== '') return undefined;
  const files = new Map<string, ListedFile>();
  for (let at = 0; at < records.length; at++) {
    const file = parseRecord(records[at] as string);
    if (!file) return undefined;
    const target = file.type === 'l' ? records[++at] : undefined;
    files.set(file.path, { ...file, ...(target !== undefined && { target }) });
  }
  return files.has('/') ? files : undefined;
}

function parseRecord(record: string): ListedFile | undefined {
  const match = RECORD.exec(record);
  if (!match) return undefined;
  const [type = '', mode = '', uid, gid, user = '', group = '', size, path = ''] = match.slice(1);
  return {
    path,
    type,
    mode: Number.parseInt(mode, 8),
    uid: Number(uid),
    gid: Number(gid),
    user,
    group,
    size: Number(size),
  };
}

/** Returns the image's own files, sorted by path. */
export function ownFiles(files: Files): ListedFile[] {
  const own = [...files.values()].filter(
    ({ path }) => !ENGINE_FOLDERS.some((folder) => isBelow(path, folder)),
  );
  return own.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** Permissions as `chmod` takes them: "1777". */
export function modeText(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
