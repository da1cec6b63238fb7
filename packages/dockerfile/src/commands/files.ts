import { posix } from 'node:path';
import { isProgramFolder, type FileNode } from '../state/files';
import { octal, withPiece } from './file-nodes';
import { hasFlag, optionOf, optionsOf, type CommandResult, type Handler, type ShellCommand } from './command';
import type { Value } from '../state/value';

const IN_ROOTFS = 'Add the files that it writes to rootfs/.';
/** Folders of temporary files, and of files that layers never contain. */
const TEMPORARY =
  /^\/(?:tmp|var\/tmp|var\/lib\/apt|var\/cache|var\/log|root\/\.\w+|usr\/share\/(?:doc|man|locale|info))(?:\/|$)/;

/** Reads mv. */
export const move: Handler = (command) => moveOrCopy(command, true);
/** Reads cp. */
export const copy: Handler = (command) => moveOrCopy(command, false);

/** Reads install, which copies files and sets their mode, or creates folders with "-d". */
export const install: Handler = (command) => {
  const options = optionsOf(command.args, ['m', 'mode', 'o', 'owner', 'g', 'group', 't', 'target-directory']);
  const mode = octal(optionOf(options, 'm', 'mode')?.text ?? '0755');
  if (hasFlag(options, 'd', 'directory')) return createFolders(command, options.rest, mode);
  const folder = optionOf(options, 't', 'target-directory');
  return transfer(command, [...options.rest, ...(folder ? [folder] : [])], {
    moves: false,
    ...(mode !== undefined && { mode }),
  });
};

function moveOrCopy(command: ShellCommand, moves: boolean): CommandResult | undefined {
  const options = optionsOf(command.args, ['t', 'target-directory', 'S', 'suffix']);
  const folder = optionOf(options, 't', 'target-directory');
  return transfer(command, [...options.rest, ...(folder ? [folder] : [])], { moves });
}

function transfer(
  command: ShellCommand,
  words: readonly Value[],
  { moves, mode }: { readonly moves: boolean; readonly mode?: string },
): CommandResult | undefined {
  const { stage, findings } = command.reading;
  const target = words.at(-1);
  const sources = words.slice(0, -1);
  if (!target || sources.length === 0) return undefined;
  const into = stage.path(target.text);
  for (const { text } of sources) {
    const from = stage.path(text);
    const node = stage.files.get(from);
    const to =
      target.text.endsWith('/') || sources.length > 1 || stage.files.isFolder(into)
        ? posix.join(into, posix.basename(from))
        : into;
    if (node) placed(command, { from, to, moves }, { ...node, ...(mode !== undefined && { mode }) });
    else if (!movedTree(command, from, to))
      findings.notImported(command.piece, `the content of "${text}" is only known in a build`, IN_ROOTFS);
  }
  return {};
}

function placed(
  { reading, piece }: ShellCommand,
  { from, to, moves }: { readonly from: string; readonly to: string; readonly moves: boolean },
  node: FileNode,
): void {
  const { files } = reading.stage;
  files.write(to, withPiece(node, piece));
  if (moves) files.nodes.delete(from);
}

/** Moves a folder of an unpacked archive. Returns false if there is no folder at that path. */
function movedTree({ reading, piece }: ShellCommand, from: string, to: string): boolean {
  const { files } = reading.stage;
  const tree = files.unpacked.find(
    ({ folder }) => folder === from || from.startsWith(folder === '/' ? '/' : `${folder}/`),
  );
  if (!tree) return false;
  tree.download.pieces.add(piece);
  files.unpacked = files.unpacked.map((one) => (one === tree ? { ...one, folder: to } : one));
  return true;
}

/** Reads mkdir. */
export const createFolder: Handler = (command) => {
  const options = optionsOf(command.args, ['m', 'mode']);
  return createFolders(command, options.rest, octal(optionOf(options, 'm', 'mode')?.text ?? ''));
};

function createFolders(
  { reading, piece }: ShellCommand,
  paths: readonly Value[],
  mode: string | undefined,
): CommandResult {
  for (const { text } of paths.flatMap(expandBraces)) {
    const path = reading.stage.path(text);
    if (TEMPORARY.test(path)) reading.findings.notNeeded(piece, 'it is temporary');
    else if (reading.stage.files.isFolder(path)) reading.findings.notNeeded(piece, `${path} exists already`);
    else
      reading.stage.files.folders.set(path, {
        ...(mode !== undefined && { mode }),
        pieces: new Set([piece]),
      });
  }
  return {};
}

function expandBraces(value: Value): Value[] {
  const [, before, list, after] = /^(.*)\{([^{}]+)\}(.*)$/.exec(value.text) ?? [];
  if (list === undefined) return [value];
  return list.split(',').map((one) => ({ ...value, text: `${before}${one}${after}` }));
}

/** Reads rm and rmdir. */
export const remove: Handler = ({ args, reading, piece }) => {
  const { stage, findings } = reading;
  const paths = args.filter(({ text }) => !text.startsWith('-')).flatMap(expandBraces);
  for (const { text } of paths) {
    const path = stage.path(text.replace(/\/?\*.*$/, ''));
    const isRemoved = text.includes('*')
      ? removeGlob(stage.path(text), stage.files)
      : stage.files.remove(path);
    if (isRemoved) findings.notNeeded(piece, 'the files that it removes are in no layer');
    else if (TEMPORARY.test(`${path}/`) || !text.startsWith('/'))
      findings.notNeeded(piece, 'layers contain no package lists, caches, logs or temporary files');
    else
      findings.notImported(
        piece,
        `it is unknown where "${text}" comes from`,
        'If the image must not have it, remove the package that has it.',
      );
  }
  return {};
};

function removeGlob(pattern: string, files: ShellCommand['reading']['stage']['files']): boolean {
  const [start = '', end = ''] = pattern.split('*');
  const paths = [...files.nodes.keys()].filter((path) => path.startsWith(start) && path.endsWith(end));
  const trees = files.unpacked.filter(
    ({ folder }) => folder.startsWith(start.replace(/\/$/, '')) && !isProgramFolder(folder),
  );
  paths.forEach((path) => files.remove(path));
  trees.forEach(({ folder }) => files.remove(folder));
  return paths.length + trees.length > 0;
}

/** Reads "ln -s". A link to a program of a downloaded archive is treated as that program. */
export const link: Handler = (command) => {
  const { stage, findings } = command.reading;
  const options = optionsOf(command.args, ['t', 'S']);
  const [target, name] = options.rest;
  if (!target || !name) return undefined;
  const to = stage.path(name.text);
  const path = stage.files.isFolder(to) ? posix.join(to, posix.basename(target.text)) : to;
  const node = stage.files.get(stage.path(target.text));
  if (node && 'download' in node.content) stage.files.write(path, withPiece(node, command.piece));
  else
    findings.notImported(
      command.piece,
      'links must be added to rootfs/ by hand',
      `Run "ln -s ${target.text} rootfs${path}" in the image's folder.`,
    );
  return {};
};

/** Reads touch, which creates an empty file. */
export const touch: Handler = ({ args, reading, piece }) => {
  for (const { text } of args.filter((arg) => !arg.text.startsWith('-'))) {
    const path = reading.stage.path(text);
    const node = reading.stage.files.get(path);
    if (!node)
      reading.stage.files.write(path, { content: { kind: 'text', text: '' }, pieces: new Set([piece]) });
    else reading.findings.notNeeded(piece, `${path} exists already`);
  }
  return {};
};
