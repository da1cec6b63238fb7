import type { Download } from '../state/files';
import { hasFlag, optionOf, optionsOf, type CommandResult, type Handler, type ShellCommand } from './command';

/** Options of tar that take a value and are used to unpack (GNU tar(1)). */
const TAR_VALUED = [
  'f',
  'file',
  'C',
  'directory',
  'strip-components',
  'strip',
  'exclude',
  'owner',
  'group',
  'wildcards-match',
];

/** Reads tar, which unpacks an archive or writes one of its files to the standard output. */
export const tar: Handler = (command) => {
  const [first, ...others] = command.args;
  const dashed =
    first && /^[a-zA-Z]+$/.test(first.text)
      ? [{ ...first, text: `-${first.text}` }, ...others]
      : command.args;
  const options = optionsOf(dashed, TAR_VALUED);
  if (!hasFlag(options, 'x', 'extract', 'get')) return undefined;
  const file = optionOf(options, 'f', 'file');
  const download = sourceOf(command, file === undefined || file.text === '-' ? undefined : file.text);
  if (!download) return undefined;
  const members = options.rest.map(({ text }) => text.replace(/^\.\//, ''));
  const strip = Number(optionOf(options, 'strip-components', 'strip')?.text ?? 0);
  if (hasFlag(options, 'O', 'to-stdout')) return toOutput(command, download, members[0]);
  return unpackInto(command, download, optionOf(options, 'C', 'directory')?.text ?? '.', { members, strip });
};

/** Reads unzip. */
export const unzip: Handler = (command) => {
  const options = optionsOf(command.args, ['d', 'x']);
  const [archive, ...members] = options.rest.map(({ text }) => text);
  const download =
    archive === undefined ? undefined : (sourceOf(command, archive) ?? globbed(command, archive));
  if (!download) return undefined;
  if (hasFlag(options, 'p')) return toOutput(command, download, members[0]);
  const strip = hasFlag(options, 'j') ? (members[0]?.split('/').length ?? 1) - 1 : 0;
  return unpackInto(command, download, optionOf(options, 'd')?.text ?? '.', { members, strip });
};

/** Reads gunzip and similar programs, which decompress one file in place or to the standard output. */
export const gunzip: Handler = (command) => {
  const options = optionsOf(command.args, []);
  const isUnpacking = !/^(?:gzip|xz)$/.test(command.name) || hasFlag(options, 'd', 'decompress');
  const file = options.rest[0]?.text;
  const download = isUnpacking ? sourceOf(command, file) : undefined;
  if (!download) return undefined;
  const { stage } = command.reading;
  download.pieces.add(command.piece);
  if (file === undefined || hasFlag(options, 'c', 'stdout')) return writeOutput(command, download);
  const path = stage.path(file);
  stage.files.remove(path);
  stage.files.write(path.replace(/\.(?:gz|xz|bz2)$/, ''), {
    content: { kind: 'download', download },
    pieces: download.pieces,
  });
  return {};
};

function writeOutput(command: ShellCommand, download: Download): CommandResult {
  const { target, reading } = command;
  if (!target) return { stdout: { kind: 'download', download } };
  reading.stage.files.write(target.path, {
    content: { kind: 'download', download },
    pieces: download.pieces,
  });
  return {};
}

/** Returns what is unpacked: a downloaded file, or a download that comes through the pipe. */
function sourceOf({ reading, stdin }: ShellCommand, file: string | undefined): Download | undefined {
  if (file === undefined) return stdin.kind === 'download' ? stdin.download : undefined;
  const content = reading.stage.files.get(reading.stage.path(file))?.content;
  return content?.kind === 'download' ? content.download : undefined;
}

/** Returns the newest file that matches the pattern of "unzip *.zip". */
function globbed({ reading }: ShellCommand, pattern: string): Download | undefined {
  const { stage } = reading;
  const [start = '', end = ''] = stage.path(pattern).split('*');
  if (!pattern.includes('*')) return undefined;
  const path = [...stage.files.nodes.keys()]
    .reverse()
    .find((one) => one.startsWith(start) && one.endsWith(end));
  return path === undefined
    ? undefined
    : sourceOf({ reading, stdin: { kind: 'unknown' } } as ShellCommand, path);
}

function toOutput(command: ShellCommand, download: Download, member: string | undefined): CommandResult {
  download.pieces.add(command.piece);
  if (member === undefined) return {};
  const stream = { kind: 'member', download, path: member } as const;
  if (!command.target) return { stdout: stream };
  command.reading.stage.files.write(command.target.path, { content: stream, pieces: download.pieces });
  return {};
}

function unpackInto(
  { reading, piece }: ShellCommand,
  download: Download,
  folder: string,
  { members, strip }: { readonly members: readonly string[]; readonly strip: number },
): CommandResult {
  const { stage } = reading;
  download.pieces.add(piece);
  const taken = members.length > 0 ? { members } : {};
  stage.files.unpacked = [...stage.files.unpacked, { folder: stage.path(folder), download, strip, ...taken }];
  return {};
}
