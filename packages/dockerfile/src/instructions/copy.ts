import { posix } from 'node:path';
import { octal } from '../commands/file-nodes';
import { startDownload } from '../commands/fetch';
import type { FileNode } from '../state/files';
import type { Piece } from '../state/findings';
import type { Instruction } from '../read/instructions';
import { isKnown, known, whatIsUnknown, type Value } from '../state/value';
import { expandVariables } from '../shell/variables';
import type { Reading, Stage } from '../state/stage';

const IN_ROOTFS = "Add the files to the image's rootfs/ by hand.";

/** Reads COPY and ADD. */
export function copyFiles(instruction: Instruction, piece: Piece, reading: Reading): void {
  const { stage, findings } = reading;
  const words = pathsOf(instruction).map((word) => expandVariables(word, stage.variables));
  const target = words.at(-1);
  findings.open(piece);
  if (!target || !words.every(isKnown)) {
    findings.notImported(piece, 'the values of its variables are only known in a build', IN_ROOTFS);
    return;
  }
  const copying: Copying = {
    reading,
    piece,
    target: target.text,
    into:
      target.text.endsWith('/') ||
      words.length > 2 ||
      target.text === '.' ||
      stage.files.isFolder(stage.path(target.text)),
    ...attributes(instruction),
  };
  for (const { name, content, quoted } of instruction.heredocs) {
    const value = quoted ? known(content) : expandVariables(content, stage.variables);
    if (isKnown(value))
      put(copying, name, { content: { kind: 'text', text: value.text }, pieces: new Set([piece]) });
    else findings.notImported(piece, whatIsUnknown(value), IN_ROOTFS);
  }
  const { from } = instruction.flags;
  for (const source of words.slice(0, -1))
    if (from !== undefined) copyFromStage(copying, from, source.text);
    else if (/^https?:\/\//.test(source.text)) addUrl(copying, source);
    else copyLocal(copying, source.text, instruction.keyword === 'ADD');
}

interface Copying {
  readonly reading: Reading;
  readonly piece: Piece;
  /** As written in the Dockerfile. */
  readonly target: string;
  /** Whether the target is a folder that files are put into. */
  readonly into: boolean;
  readonly mode?: string;
  readonly owner?: string;
}

/** Returns the sources and the target, without heredocs. */
function pathsOf({ words, heredocs, rest, isJson }: Instruction): readonly string[] {
  if (isJson || heredocs.length === 0) return words;
  const [line = ''] = rest.split('\n');
  return line.split(/\s+/).filter((word) => word !== '' && !word.startsWith('<<'));
}

function attributes({ flags }: Instruction): Pick<Copying, 'mode' | 'owner'> {
  const { chmod = '', chown } = flags;
  const mode = octal(chmod);
  return {
    ...(mode !== undefined && { mode }),
    ...(chown !== undefined && !/^(?:root|0)(?::(?:root|0))?$/.test(chown) && { owner: chown }),
  };
}

function put(copying: Copying, name: string, node: FileNode): void {
  const { reading, target, into, mode, owner } = copying;
  const { stage } = reading;
  const path = stage.path(target);
  const attributed = { ...node, ...(mode !== undefined && { mode }), ...(owner !== undefined && { owner }) };
  stage.files.write(into ? posix.join(path, posix.basename(name)) : path, attributed);
}

function copyLocal(copying: Copying, source: string, isAdd: boolean): void {
  const { reading, piece } = copying;
  const relative = posix.normalize(source.replace(/^\/+/, '')).replace(/\/$/, '');
  if (relative === '.' || relative === '*') {
    reading.findings.notImported(
      piece,
      'it copies the whole folder, and a tooling image rarely needs all of it',
      IN_ROOTFS,
    );
    return;
  }
  const files = relative.includes('*') ? matching(relative, reading) : reading.context.files(relative);
  if (files.length === 0) {
    reading.findings.notImported(piece, `"${source}" is not in the Dockerfile's folder`, IN_ROOTFS);
    return;
  }
  if (isAdd && files.length === 1 && /\.(?:tar(?:\.\w+)?|t[gx]z|tbz2?)$/.test(relative)) {
    reading.findings.notImported(piece, 'ADD would unpack that archive', 'Unpack it into rootfs/ by hand.');
    return;
  }
  for (const file of files) {
    const node: FileNode = {
      content: { kind: 'copied', source: file.path, executable: file.executable },
      pieces: new Set([piece]),
    };
    if (file.path === relative || relative.includes('*')) put(copying, file.path, node);
    else
      put(
        { ...copying, target: posix.join(copying.target, posix.relative(relative, file.path)), into: false },
        file.path,
        node,
      );
  }
}

function matching(pattern: string, { context }: Reading) {
  const folder = posix.dirname(pattern.slice(0, pattern.indexOf('*') + 1));
  const source = pattern
    .split('*')
    .map((text) => text.replace(/[.+?^${}()|[\]\\/-]/g, '\\$&'))
    .join('[^/]*');
  return context.files(folder).filter(({ path }) => new RegExp(`^${source}$`).test(path));
}

/** Reads ADD of a URL. */
function addUrl(copying: Copying, url: Value): void {
  const { reading, piece } = copying;
  const download = startDownload({ reading, piece }, url);
  put(copying, url.text.replace(/[?#].*$/, ''), {
    content: { kind: 'download', download },
    pieces: download.pieces,
  });
}

function copyFromStage(copying: Copying, from: string, source: string): void {
  const { reading, piece } = copying;
  const stage = reading.stages.get(from.toLowerCase());
  if (!stage) {
    reading.findings.notImported(
      piece,
      `it copies from the image ${from}`,
      'Write a tool with the vendor\'s release: "npx nx g @image-tooling/nx:tool".',
    );
    return;
  }
  const path = stage.path(source);
  const found = stage.files.get(path);
  const below = stage.files.below(path);
  if (found) place(copying, path, found);
  else if (below.length > 0)
    for (const one of below) placeBelow(copying, posix.relative(path, one), stage.files.get(one)!);
  else if (!copyTree(copying, stage, path))
    reading.findings.notImported(
      piece,
      `"${source}" only exists after the stage "${from}" is built`,
      'Write a tool with the vendor\'s release, or add Debian\'s package to "packages".',
    );
}

function place(copying: Copying, name: string, node: FileNode): void {
  if ('download' in node.content) node.content.download.pieces.add(copying.piece);
  put(
    copying,
    name,
    'download' in node.content ? node : { ...node, pieces: new Set([...node.pieces, copying.piece]) },
  );
}

function placeBelow(copying: Copying, relative: string, node: FileNode): void {
  place({ ...copying, target: posix.join(copying.target, relative), into: false }, relative, node);
}

/** Copies archives that were unpacked into a folder. Returns false if there are no archives. */
function copyTree({ reading, piece, target }: Copying, from: Stage, path: string): boolean {
  const trees = from.files.unpacked.filter(({ folder }) => folder === path);
  for (const tree of trees) {
    tree.download.pieces.add(piece);
    reading.stage.files.unpacked = [
      ...reading.stage.files.unpacked,
      { ...tree, folder: reading.stage.path(target) },
    ];
  }
  return trees.length > 0;
}
