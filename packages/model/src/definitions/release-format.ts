import type * as z from 'zod';

/** Formats of vendors' files: archives, a compressed program, or the program itself. */
export const RELEASE_FORMATS = [
  'tar.gz',
  'tar.xz',
  'tar.zst',
  'tar',
  'zip',
  'gz',
  'xz',
  'zst',
  'binary',
] as const;

export type ReleaseFormat = (typeof RELEASE_FORMATS)[number];

/** Ends of file names, the longest first. */
const ENDS: readonly (readonly [string, ReleaseFormat])[] = [
  ['.tar.gz', 'tar.gz'],
  ['.tgz', 'tar.gz'],
  ['.tar.xz', 'tar.xz'],
  ['.txz', 'tar.xz'],
  ['.tar.zst', 'tar.zst'],
  ['.tzst', 'tar.zst'],
  ['.tar', 'tar'],
  ['.zip', 'zip'],
  ['.gz', 'gz'],
  ['.xz', 'xz'],
  ['.zst', 'zst'],
];

/** Extensions of other files that are not programs. */
const UNREADABLE = /\.(?:tar\.[a-z0-9]+|tbz2?|bz2|7z|rar|deb|rpm|apk|dmg|pkg|msi|exe|html?)$/;

interface Given {
  readonly url: string;
  readonly format?: ReleaseFormat | undefined;
  readonly files: Readonly<Record<string, string>>;
}

/** Returns the kind of a vendor's file: as the definition says, else by the end of its address. */
export function releaseFormat({ url, format }: Pick<Given, 'url' | 'format'>): ReleaseFormat {
  const path = pathOf(url);
  return format ?? ENDS.find(([end]) => path.endsWith(end))?.[1] ?? 'binary';
}

const LONE: ReadonlySet<ReleaseFormat> = new Set(['binary', 'gz', 'xz', 'zst']);

/** Returns whether the file is one program, not an archive of several files. */
export function isLoneProgram(format: ReleaseFormat): boolean {
  return LONE.has(format);
}

/** Reports an unsupported format, and several files of a single program. */
export function reportFormat(given: unknown, context: z.core.$RefinementCtx): void {
  const source = given as Partial<Given>;
  if (typeof source.url !== 'string') return;
  const end = UNREADABLE.exec(pathOf(source.url))?.[0];
  if (end !== undefined && source.format === undefined && releaseFormat({ url: source.url }) === 'binary')
    context.addIssue({
      code: 'custom',
      path: ['url'],
      message: `a file that ends in "${end}" can't be read`,
      params: {
        hint: `Name one of another kind (${RELEASE_FORMATS.join(', ')}); where it is one, say so in "format".`,
      },
    });
  else if (
    isLoneProgram(releaseFormat({ url: source.url, format: source.format })) &&
    countOf(source.files) > 1
  )
    context.addIssue({
      code: 'custom',
      path: ['files'],
      message: 'a single program goes to one path',
      params: { hint: 'Name one file; where the vendor publishes an archive, say its kind in "format".' },
    });
}

function countOf(files: unknown): number {
  return typeof files === 'object' && files !== null ? Object.keys(files).length : 0;
}

/** Without what follows "?" or "#". */
function pathOf(url: string): string {
  return url.toLowerCase().replace(/[?#].*$/, '');
}
