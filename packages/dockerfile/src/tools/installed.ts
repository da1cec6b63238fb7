import { posix } from 'node:path';
import { isProgramFolder, stemOf, type Download } from '../files';
import type { Stage } from '../stage';

/** Files of one download that a stage has as programs. */
export interface Installed {
  readonly download: Download;
  /** Path in the archive, or the file's own name, and where it goes below /usr/local. */
  readonly files: Readonly<Record<string, string>>;
  /** Whether a path in the archive is a guess. */
  readonly isGuess: boolean;
}

interface One {
  readonly download: Download;
  readonly member: string;
  readonly place: string;
  readonly isGuess: boolean;
}

/** What was fetched and lies where programs are found, by download. */
export function installedPrograms(stage: Stage): Installed[] {
  const ones = [...stage.files.nodes].flatMap(([path, { content }]): One[] => {
    const place = placeOf(path);
    if (place === undefined || !('download' in content)) return [];
    if (content.kind === 'download')
      return [{ download: content.download, member: posix.basename(path), place, isGuess: false }];
    const { download, path: member, isGuess = false } = content;
    return [
      { download, member: withoutStar(member, download), place, isGuess: isGuess || member.includes('*') },
    ];
  });
  return byDownload([...ones, ...unpackedThere(stage)]);
}

/** An archive that is unpacked among the programs. Without the names of its files its program is called like itself. */
function unpackedThere({ files }: Stage): One[] {
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

function byDownload(ones: readonly One[]): Installed[] {
  const groups = new Map<Download, One[]>();
  for (const one of ones) groups.set(one.download, [...(groups.get(one.download) ?? []), one]);
  return [...groups].map(([download, group]) => ({
    download,
    files: Object.fromEntries(group.map(({ member, place }) => [member, place])),
    isGuess: group.some(({ isGuess }) => isGuess),
  }));
}

/** Where a file goes below /usr/local; undefined where tools can't have it. */
function placeOf(path: string): string | undefined {
  if (path.startsWith('/usr/local/')) return path.slice('/usr/local/'.length).replace(/^sbin\//, 'bin/');
  return isProgramFolder(posix.dirname(path)) ? `bin/${posix.basename(path)}` : undefined;
}

/** "linux-*" in a path by what the address has in place of the star. */
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

/** "terraform" of "…/terraform_1.9.8_linux_amd64.zip". */
export function nameInUrl(url: string): string {
  const name = /^[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z]+)*?(?=[-_.]v?\d|[-_.](?:linux|Linux)|$)/.exec(
    stemOf(url),
  )?.[0];
  return (name ?? stemOf(url)).toLowerCase();
}
