import type { Node } from 'jsonc-parser';
import type { Failure } from '../failure';
import { placeAt, type JsonDocument } from './document';

/**
 * A failure (`schema`) for each text that no file, program or image can hold: with NUL, or with half of a surrogate
 * pair, which has no UTF-8. And for each key "__proto__", which JavaScript's objects can't tell from their own.
 */
export function unusableTexts(document: JsonDocument, root = document.root): Failure[] {
  const found: Failure[] = [];
  const nodes = root ? [root] : [];
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    if (node.type === 'string') found.push(...faultsOf(document, node));
    for (const child of node.children ?? []) nodes.push(child);
  }
  return found.sort((a, b) => offsetOf(a) - offsetOf(b));
}

function faultsOf(document: JsonDocument, node: Node): Failure[] {
  const text = node.value as string;
  const isKey = node.parent?.type === 'property' && node.parent.children?.[0] === node;
  if (isKey && text === '__proto__') return [unusable(document, node, '"__proto__" can\'t be a key', RENAME)];
  if (text.includes('\0')) return [unusable(document, node, 'NUL (\\u0000) in a text', REMOVE_NUL)];
  if (/\p{Surrogate}/u.test(text)) return [unusable(document, node, 'half of a character', WHOLE)];
  return [];
}

const RENAME = 'Take another name.';
const REMOVE_NUL = 'Remove it: no file name, argument or variable of Linux can hold it.';
const WHOLE = 'Write the character itself, or both of its \\u escapes.';

function unusable(document: JsonDocument, node: Node, label: string, hint: string): Failure {
  const place = placeAt(document, node.offset, node.length, label);
  return { code: 'schema', message: `The file can't be used: ${label}.`, hint, place };
}

function offsetOf({ place }: Failure): number {
  return (place?.line ?? 0) * 1e9 + (place?.column ?? 0);
}
