import { posix } from 'node:path';
import { octal } from '../commands/file-nodes';
import { startDownload } from '../commands/fetch';
import type { FileNode } from '../files';
import type { Piece } from '../findings';
import type { Instruction } from '../read/instructions';
import { isKnown, known, whatIsUnknown, type Value } from '../shell/value';
import { expandVariables } from '../shell/variables';
import type { Reading, Stage } from '../stage';

const IN_ROOTFS = 'Put the files into rootfs/ of the image by hand.';

/** COPY and ADD. */
export function copyFiles(instruction: Instruction, piece: Piece, reading: Reading): void {
  const { stage, findings } = reading;
  const words = placesOf(instruction).map((word) => expandVariables(word, stage.variables));
  const target = words.at(-1);
  findings.open(piece);
  if (!target || !words.every(isKnown)) {
    findings.left(piece, 'only a build can tell what its variables hold', IN_ROOTFS);
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
    else findings.left(piece, whatIsUnknown(value), IN_ROOTFS);
  }
  const { from } = instruction.flags;
  for (const source of words.slice(0, -1))
    if (from !== undefined) copyFromStage(copying, from, source.text);
    else if (/^https?:\/\//.test(source.text)) addAddress(copying, source);
    else copyLocal(copying, source.text, instruction.keyword === 'ADD');
}

interface Copying {
  readonly reading: Reading;
  readonly piece: Piece;
  /** As it is written. */
  readonly target: string;
  /** Whether the target is a folder that files are put into. */
  readonly into: boolean;
  readonly mode?: string;
  readonly owner?: string;
}

/** Sources and target, without heredocs and their content. */
function placesOf({ words, heredocs, rest, isJson }: Instruction): readonly string[] {
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
    reading.findings.left(
      piece,
      'it copies the whole folder, of which a tooling image needs little',
      IN_ROOTFS,
    );
    return;
  }
  const files = relative.includes('*') ? matching(relative, reading) : reading.context.files(relative);
  if (files.length === 0) {
    reading.findings.left(piece, `there is no "${source}" beside the Dockerfile`, IN_ROOTFS);
    return;
  }
  if (isAdd && files.length === 1 && /\.(?:tar(?:\.\w+)?|t[gx]z|tbz2?)$/.test(relative)) {
    reading.findings.left(piece, 'ADD would unpack that archive', 'Unpack it into rootfs/ by hand.');
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

/** ADD of an address. */
function addAddress(copying: Copying, url: Value): void {
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
    reading.findings.left(
      piece,
      `it comes from the image ${from}`,
      'Write a tool with the vendor\'s own release: "npx nx g @image-tooling/nx:tool".',
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
    reading.findings.left(
      piece,
      `only a build of the stage "${from}" makes "${source}"`,
      'Write a tool with the vendor\'s own release, or Debian\'s package of it into "packages".',
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

/** A folder that an archive was unpacked into. */
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
