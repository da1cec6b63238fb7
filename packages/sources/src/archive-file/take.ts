import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { unpackFile, type Packing } from '@image-tooling/layer';
import { isLoneProgram, ok, type ReleaseFormat, type Result } from '@image-tooling/model';
import { leftOut } from './bad-members';
import { checkMembers, type CheckedMembers, type LinkRules } from './check-members';
import { chooseMembers, type ChosenFile, type WantedFiles } from './choose';
import { archiveFailed, faultOfArchive, tooLarge } from './fault';
import { checkFormat } from './format';
import { ARCHIVE_LIMITS, mostUnpacked, type ArchiveLimits } from './limits';
import type { FileRange, Member, OpenArchive } from './member';
import { openTar, type TarPlace } from './tar';
import { termsOf } from './terms';
import { fromTopFolder, type Originals } from './top-folder';

export interface TakeRequest {
  /** In messages: "k9s_Linux_amd64.tar.gz". */
  readonly name: string;
  /** Absolute path; a part of a file only if it is an uncompressed tar. */
  readonly archive: TarPlace;
  readonly format: ReleaseFormat;
  /** Path in the archive → path in the target folder. A single program has one entry with any key. */
  readonly files: WantedFiles;
  /** An empty folder for unpacked files: the returned entries point into it. */
  readonly into: string;
  readonly signal: AbortSignal;
  /** Default: as a vendor's archive has them, `refused`. */
  readonly absoluteLinks?: LinkRules['absoluteLinks'];
  /** Whether paths are relative to the archive's top folder, whatever its name, as in npm packages. */
  readonly fromTopFolder?: boolean;
  readonly limits?: ArchiveLimits;
  /** Gets a line about skipped entries. */
  readonly note?: (line: string) => void;
}

/** A taken entry. `to` is its path in the target folder. */
export type Taken =
  | { readonly kind: 'file'; readonly to: string; readonly content: FileRange; readonly executable: boolean }
  | { readonly kind: 'directory'; readonly to: string }
  | { readonly kind: 'link'; readonly to: string; readonly target: string };

export interface TakenFiles {
  readonly files: readonly Taken[];
  /** Licence and notice files of the archive, by their path in it. */
  readonly terms: readonly { readonly path: string; readonly content: FileRange }[];
}

/**
 * Takes files out of an untrusted archive. Checks all entries first: refuses the archive if a bad entry (see
 * `checkMembers`) may affect the wanted files, and skips other bad entries with a note. Fails with
 * `archive-format` (another format, damaged, cut off, bad entries, a missing file), `too-large` (a bomb),
 * `aborted`, `disk-full` or `io`.
 */
export async function takeFromArchive(request: TakeRequest): Promise<Result<TakenFiles>> {
  const { name, archive, format, into } = request;
  try {
    await mkdir(into, { recursive: true });
    if (!archive.part) await checkFormat(archive.file, format);
    return ok(isLoneProgram(format) ? await takeProgram(request) : await takeMembers(request));
  } catch (error) {
    return archiveFailed(error, name, into);
  }
}

async function takeProgram(request: TakeRequest): Promise<TakenFiles> {
  const { archive, files, into } = request;
  const unpacked = join(into, 'program');
  const file = (await unpackedTo(unpacked, request)) ? unpacked : archive.file;
  const content = { file, offset: 0, length: (await stat(file)).size };
  const [to] = Object.values(files);
  if (to === undefined) throw new Error('a source without files passed the schema');
  return { files: [{ kind: 'file', to, content, executable: true }], terms: [] };
}

/** Decompresses the archive to a file. Returns false if it is not compressed as a whole. */
async function unpackedTo(to: string, request: TakeRequest): Promise<boolean> {
  const { name, archive, format, limits = ARCHIVE_LIMITS, signal } = request;
  const suffix = format.split('.').at(-1) ?? '';
  const packing = PACKINGS[suffix];
  if (!packing) return false;
  const { size } = await stat(archive.file);
  const most = mostUnpacked(size, limits);
  const unpacked = await unpackFile({ file: archive.file, packing, to, most, signal });
  if (unpacked.ok) return true;
  const [failure] = unpacked.failures;
  if (failure.code === 'too-large') throw tooLarge(size, most);
  if (failure.code === 'aborted') throw faultOfArchive(failure, `Stopped while unpacking ${name}.`);
  throw faultOfArchive(failure, `${name} can't be unpacked. ${failure.message}`);
}

/** The suffixes of formats that are compressed as a whole: "tar.gz", "xz". */
const PACKINGS: Readonly<Record<string, Packing>> = { gz: 'gzip', xz: 'xz', zst: 'zstd' };

async function takeMembers(request: TakeRequest): Promise<TakenFiles> {
  const { files, limits = ARCHIVE_LIMITS, absoluteLinks = 'refused' } = request;
  const archive = await opened(request, limits);
  try {
    const checked = checkMembers(archive.members, limits, { absoluteLinks });
    const { members, originals } =
      request.fromTopFolder === true ? fromTopFolder(checked) : asTheyAre(checked);
    const contents = new Contents(archive, originals);
    const chosen = chooseMembers(members, files);
    const taken: Taken[] = [];
    for (const each of chosen) taken.push(each.kind === 'file' ? await contents.taken(each) : each);
    const terms = [];
    for (const { path, member } of termsOf(members.good))
      terms.push({ path, content: await contents.of(member) });
    const note = leftOut(members.bad);
    if (note !== undefined) request.note?.(`${request.name}: ${note}`);
    return { files: taken, terms };
  } finally {
    archive.close();
  }
}

function asTheyAre(members: CheckedMembers): { members: CheckedMembers; originals: Originals } {
  return { members, originals: new Map() };
}

async function opened(request: TakeRequest, limits: ArchiveLimits): Promise<OpenArchive> {
  const { name, archive, format, into, signal } = request;
  const { file } = archive;
  if (format === 'zip') return (await import('./zip')).openZip({ file, into, limits, signal });
  const tar = join(into, 'archive.tar');
  const place = (await unpackedTo(tar, request)) ? { file: tar } : archive;
  return openTar(place, name, limits);
}

/** Contents, each unpacked once. */
class Contents {
  private readonly known = new Map<Member, FileRange>();

  constructor(
    private readonly archive: OpenArchive,
    private readonly originals: Originals,
  ) {}

  async of(member: Member): Promise<FileRange> {
    const original = this.originals.get(member) ?? member;
    const content = this.known.get(member) ?? (await this.archive.contentOf(original));
    this.known.set(member, content);
    return content;
  }

  async taken(chosen: ChosenFile): Promise<Taken> {
    const content = await this.of(chosen.member);
    return { kind: 'file', to: chosen.to, content, executable: isExecutable(chosen) };
  }
}

/** Returns whether a file is a program: by its mode bits, or because it goes into a folder of programs. */
function isExecutable({ to, member: { mode }, byName = false }: ChosenFile): boolean {
  const inBin = /^s?bin\//.test(to);
  return mode === undefined ? inBin : (mode & 0o111) !== 0 || (byName && inBin);
}
