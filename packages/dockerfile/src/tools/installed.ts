import { posix } from 'node:path';
import { isProgramFolder, stemOf, type Download } from '../state/files';
import type { Stage } from '../state/stage';

/** The programs of a stage that come from one download. */
export interface Installed {
  readonly download: Download;
  /** Path in the archive, or the file's name, to the path below /usr/local. */
  readonly files: Readonly<Record<string, string>>;
  /** Whether the path of a file in the archive is a guess. */
  readonly isGuess: boolean;
}

interface InstalledFile {
  readonly download: Download;
  readonly member: string;
  readonly place: string;
  readonly isGuess: boolean;
}

/** Returns the downloads of a stage that are in folders of programs. */
export function installedPrograms(stage: Stage): Installed[] {
  const files = [...stage.files.nodes].flatMap(([path, { content }]): InstalledFile[] => {
    const place = placeOf(path);
    if (place === undefined || !('download' in content)) return [];
    if (content.kind === 'download')
      return [{ download: content.download, member: posix.basename(path), place, isGuess: false }];
    const { download, path: member, isGuess = false } = content;
    return [
      { download, member: withoutStar(member, download), place, isGuess: isGuess || member.includes('*') },
    ];
  });
  return byDownload([...files, ...unpackedPrograms(stage)]);
}

/** Returns programs of archives that were unpacked into a folder of programs. Guesses the name if none was given. */
function unpackedPrograms({ files }: Stage): InstalledFile[] {
  return files.unpacked
    .filter(({ folder }) => isProgramFolder(folder))
    .flatMap(({ download, members, strip, folder }) => {
      const paths = members ?? [nameInUrl(download.url)];
      return paths
        .filter((member) => !/licen[cs]e|readme|changelog/i.test(member))
        .map((member) => ({
          download,
          member: withoutStar(
            members || strip === 0 ? member : `${stemOf(download.url)}/${member}`,
            download,
          ),
          place: placeOf(posix.join(folder, posix.basename(member))) ?? '',
          isGuess: members === undefined || member.includes('*'),
        }));
    });
}

function byDownload(files: readonly InstalledFile[]): Installed[] {
  const groups = new Map<Download, InstalledFile[]>();
  for (const one of files) groups.set(one.download, [...(groups.get(one.download) ?? []), one]);
  return [...groups].map(([download, group]) => ({
    download,
    files: Object.fromEntries(group.map(({ member, place }) => [member, place])),
    isGuess: group.some(({ isGuess }) => isGuess),
  }));
}

/** Returns the path below /usr/local; undefined if tools cannot have a file there. */
function placeOf(path: string): string | undefined {
  if (path.startsWith('/usr/local/')) return path.slice('/usr/local/'.length).replace(/^sbin\//, 'bin/');
  return isProgramFolder(posix.dirname(path)) ? `bin/${posix.basename(path)}` : undefined;
}

/** Replaces "linux-*" in a path with the matching text of the URL. */
function withoutStar(member: string, { url }: Download): string {
  if (!member.includes('*')) return member;
  const [first = '', ...rest] = member.split('/');
  const source = first
    .split('*')
    .map((text) => text.replace(/[.+?^${}()|[\]\\/-]/g, '\\$&'))
    .join('[\\w.-]*?');
  const found = new RegExp(`(?<![a-zA-Z])${source}(?=[._]t|\\.|$)`).exec(stemOf(url))?.[0];
  return [found ?? first, ...rest].join('/');
}

/** Returns the name of the program in a URL: "terraform" for "…/terraform_1.9.8_linux_amd64.zip". */
function nameInUrl(url: string): string {
  const name = /^[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z]+)*?(?=[-_.]v?\d|[-_.](?:linux|Linux)|$)/.exec(
    stemOf(url),
  )?.[0];
  return (name ?? stemOf(url)).toLowerCase();
}
