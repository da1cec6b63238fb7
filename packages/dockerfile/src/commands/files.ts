import { posix } from 'node:path';
import { isProgramFolder, type FileNode } from '../files';
import { octal, withPiece } from './file-nodes';
import { hasFlag, optionOf, optionsOf, type Done, type Handler, type ShellCommand } from '../shell/command';
import type { Value } from '../shell/value';

const IN_ROOTFS = 'Put what it makes into rootfs/.';
const SCRATCH =
  /^\/(?:tmp|var\/tmp|var\/lib\/apt|var\/cache|var\/log|root\/\.\w+|usr\/share\/(?:doc|man|locale|info))(?:\/|$)/;

/** mv. */
export const move: Handler = (command) => moveOrCopy(command, true);
/** cp. */
export const copy: Handler = (command) => moveOrCopy(command, false);

/** install: copies a file and sets its mode, or makes folders with "-d". */
export const install: Handler = (command) => {
  const options = optionsOf(command.args, ['m', 'mode', 'o', 'owner', 'g', 'group', 't', 'target-directory']);
  const mode = octal(optionOf(options, 'm', 'mode')?.text ?? '0755');
  if (hasFlag(options, 'd', 'directory')) return makeFolders(command, options.rest, mode);
  const folder = optionOf(options, 't', 'target-directory');
  return transfer(command, [...options.rest, ...(folder ? [folder] : [])], {
    moves: false,
    ...(mode !== undefined && { mode }),
  });
};

function moveOrCopy(command: ShellCommand, moves: boolean): Done | undefined {
  const options = optionsOf(command.args, ['t', 'target-directory', 'S', 'suffix']);
  const folder = optionOf(options, 't', 'target-directory');
  return transfer(command, [...options.rest, ...(folder ? [folder] : [])], { moves });
}

function transfer(
  command: ShellCommand,
  words: readonly Value[],
  { moves, mode }: { readonly moves: boolean; readonly mode?: string },
): Done | undefined {
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
      findings.left(command.piece, `what "${text}" is, only a build can tell`, IN_ROOTFS);
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

/** A folder of an archive that is moved as a whole. */
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

/** mkdir. */
export const makeFolder: Handler = (command) => {
  const options = optionsOf(command.args, ['m', 'mode']);
  return makeFolders(command, options.rest, octal(optionOf(options, 'm', 'mode')?.text ?? ''));
};

function makeFolders(
  { reading, piece }: ShellCommand,
  paths: readonly Value[],
  mode: string | undefined,
): Done {
  for (const { text } of paths.flatMap(expandBraces)) {
    const path = reading.stage.path(text);
    if (SCRATCH.test(path)) reading.findings.needless(piece, 'it is scratch space of the build');
    else if (reading.stage.files.isFolder(path)) reading.findings.needless(piece, `${path} is there`);
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

/** rm. */
export const remove: Handler = ({ args, reading, piece }) => {
  const { stage, findings } = reading;
  const paths = args.filter(({ text }) => !text.startsWith('-')).flatMap(expandBraces);
  for (const { text } of paths) {
    const path = stage.path(text.replace(/\/?\*.*$/, ''));
    const isOwn = text.includes('*') ? removeGlob(stage.path(text), stage.files) : stage.files.remove(path);
    if (isOwn) findings.needless(piece, 'what it removes is in no layer');
    else if (SCRATCH.test(`${path}/`) || !text.startsWith('/'))
      findings.needless(piece, 'layers hold no lists, caches, logs or scratch files');
    else
      findings.left(
        piece,
        `"${text}" is not known to be made by this Dockerfile`,
        'Leave out the package that brings it, if the image must not have it.',
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

/** ln -s: a link to a program of an archive is that program. */
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
    findings.left(
      command.piece,
      'links are written into rootfs/ by hand',
      `Run "ln -s ${target.text} rootfs${path}" in the image's folder.`,
    );
  return {};
};

/** touch: an empty file. */
export const touch: Handler = ({ args, reading, piece }) => {
  for (const { text } of args.filter((arg) => !arg.text.startsWith('-'))) {
    const path = reading.stage.path(text);
    const node = reading.stage.files.get(path);
    if (!node)
      reading.stage.files.write(path, { content: { kind: 'text', text: '' }, pieces: new Set([piece]) });
    else reading.findings.needless(piece, `${path} is there`);
  }
  return {};
};
