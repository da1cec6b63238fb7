import type { FileNode } from '../state/files';
import type { ShellCommand } from './command';

/** Returns a file with a piece added that changed it. */
export function withPiece(node: FileNode, piece: ShellCommand['piece']): FileNode {
  if ('download' in node.content) {
    node.content.download.pieces.add(piece);
    return node;
  }
  return { ...node, pieces: new Set([...node.pieces, piece]) };
}

/** Returns a mode as image.json writes it: "0755" for "755"; undefined if the text is not octal. */
export function octal(text: string): string | undefined {
  return /^[0-7]{3,4}$/.test(text) ? text.padStart(4, '0') : undefined;
}
