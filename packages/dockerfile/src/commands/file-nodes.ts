import type { FileNode } from '../files';
import type { ShellCommand } from '../shell/command';

/** A file that a command did something with. */
export function withPiece(node: FileNode, piece: ShellCommand['piece']): FileNode {
  if ('download' in node.content) {
    node.content.download.pieces.add(piece);
    return node;
  }
  return { ...node, pieces: new Set([...node.pieces, piece]) };
}

/** "755" as image.json has it; undefined where it is no number. */
export function octal(text: string): string | undefined {
  return /^[0-7]{3,4}$/.test(text) ? text.padStart(4, '0') : undefined;
}
