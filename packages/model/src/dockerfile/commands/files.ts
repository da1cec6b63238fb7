import { posix } from 'node:path';
import { isProgramFolder, type FileNode } from '../files';
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

function withPiece(node: FileNode, piece: ShellCommand['piece']): FileNode {
  if ('download' in node.content) {
    node.content.download.pieces.add(piece);
    return node;
  }
  return { ...node, pieces: new Set([...node.pieces, piece]) };
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

/** chmod: of files that the Dockerfile made. */
export const chmod: Handler = (command) => {
  const { stage, findings } = command.reading;
  const [mode, ...paths] = command.args.filter(({ text }) => !/^-[a-zA-Z]*R|^-[vfc]$|^--/.test(text));
  if (!mode || paths.length === 0) return undefined;
  for (const { text } of paths) {
    const path = stage.path(text);
    const found = stage.files.below(path);
    const nodes = found.length > 0 ? found : stage.files.get(path) ? [path] : [];
    const folder = stage.files.folders.get(path);
    const octalMode = octal(mode.text) ?? symbolic(mode.text);
    if (folder)
      stage.files.folders.set(path, {
        ...folder,
        ...(octalMode && { mode: octalMode }),
        pieces: new Set([...folder.pieces, command.piece]),
      });
    else if (nodes.length > 0) nodes.forEach((one) => changeMode(command, one, octalMode));
    else if (
      !stage.files.unpacked.some(({ folder: one, download }) =>
        path.startsWith(one) ? download.pieces.add(command.piece) : undefined,
      )
    )
      findings.left(
        command.piece,
        `"${text}" is not known to be made by this Dockerfile`,
        'Use "directories", "modes" or rootfs/ of image.json for permissions.',
      );
  }
  return {};
};

function changeMode({ reading, piece }: ShellCommand, path: string, mode: string | undefined): void {
  const { files } = reading.stage;
  const node = files.get(path);
  if (node) files.write(path, withPiece({ ...node, ...(mode !== undefined && { mode }) }, piece));
}

/** chown: layers hold files of rootfs/ as root's. */
export const chown: Handler = ({ args, reading, piece }) => {
  const { stage, findings } = reading;
  const [owner, ...paths] = args.filter(({ text }) => !text.startsWith('-'));
  if (!owner || paths.length === 0) return undefined;
  for (const { text } of paths) {
    const path = stage.path(text);
    const folder = stage.files.folders.get(path);
    const node = stage.files.get(path);
    if (folder)
      stage.files.folders.set(path, {
        ...folder,
        owner: owner.text,
        pieces: new Set([...folder.pieces, piece]),
      });
    else if (node && /^(?:root|0)(?::(?:root|0)?)?$/.test(owner.text))
      findings.needless(piece, "files of layers are root's");
    else if (node && 'download' in node.content) node.content.download.pieces.add(piece);
    else
      findings.left(
        piece,
        `files of rootfs/ are root's, and so is what the image has below ${text}`,
        'Name a folder in "directories" with uid and gid, if the user has to write there.',
      );
  }
  return {};
};

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

/** "755" as image.json has it; undefined where it is no number. */
export function octal(text: string): string | undefined {
  return /^[0-7]{3,4}$/.test(text) ? text.padStart(4, '0') : undefined;
}

/** What "chmod +x" makes of a new file. */
function symbolic(text: string): string | undefined {
  return /^[augo]*\+[rw]*x$/.test(text) ? '0755' : undefined;
}
