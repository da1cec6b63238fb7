import { findNodeAtLocation, type Node, type ParseError } from 'jsonc-parser';
import type { Place } from '../failure';
import { excerptOf } from './excerpt';
import { positionAt, type Lines } from './lines';

/** The path of a value in a JSON document: member names and list indexes. */
export type JsonPath = readonly (string | number)[];

/** An error of the parser; `comma`: the offset of a comma that no entry follows. */
export interface SyntaxError extends ParseError {
  readonly comma?: number;
}

/** A parsed JSON file: its text, and the place of each value. */
export interface JsonDocument {
  /** Path relative to the workspace root. */
  readonly file: string;
  readonly text: string;
  readonly lines: Lines;
  /** Undefined for an empty text. */
  readonly root: Node | undefined;
  readonly errors: readonly SyntaxError[];
}

/** What a mark points at: a value, or its key. */
export type Part = 'key' | 'value';

/**
 * Returns the place of a value, marked with `label`. For a path that is not in the document, the nearest
 * object or list around it.
 */
export function placeOf(document: JsonDocument, path: JsonPath, label: string, part: Part = 'value'): Place {
  const node = document.root && findNodeAtLocation(document.root, [...path]);
  if (!node) return path.length === 0 ? { file: document.file } : placeAround(document, path, label);
  const marked = part === 'key' ? keyOf(node) : node;
  return placeAt(document, marked.offset, isComposite(marked) ? 1 : marked.length, label);
}

/** Returns whether the document has a value at `path`, or has it only by default. */
export function isWritten({ root }: JsonDocument, path: JsonPath): boolean {
  return root !== undefined && findNodeAtLocation(root, [...path]) !== undefined;
}

/** Returns the place of `length` characters at `offset`, marked with `label`. */
export function placeAt(
  document: Pick<JsonDocument, 'file' | 'lines'>,
  offset: number,
  length: number,
  label: string,
): Place {
  return {
    file: document.file,
    ...positionAt(document.lines, offset),
    excerpt: excerptOf(document.lines, offset, length, label),
  };
}

/** Returns the key of the object or list that should have the value, if it has a key. */
function placeAround(document: JsonDocument, path: JsonPath, label: string): Place {
  return placeOf(document, path.slice(0, -1), label, 'key');
}

function keyOf(node: Node): Node {
  return (node.parent?.type === 'property' ? node.parent.children?.[0] : undefined) ?? node;
}

function isComposite(node: Node): boolean {
  return node.type === 'object' || node.type === 'array';
}
