import type { Node } from 'jsonc-parser';
import type { Failure } from '../failure';
import { placeAt, type JsonDocument } from './document';
import type { Mistakes } from './most';

/**
 * Returns each string that no file, program or image can have: with NUL, or with half of a surrogate pair,
 * which has no UTF-8. Also each key "__proto__", which has a special meaning in JavaScript. In the order of
 * the file.
 */
export function unusableTexts(document: JsonDocument, root = document.root): Mistakes[] {
  const found: Mistakes[] = [];
  const nodes = root ? [root] : [];
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    if (node.type === 'string') found.push(...inText(document, node));
    for (const child of (node.children ?? []).toReversed()) nodes.push(child);
  }
  return found;
}

/** Returns whether a string, or a key, has no such mistake. */
export function isUsable(text: string, isKey: boolean): boolean {
  return wordsOf(text, isKey) === undefined;
}

function inText(document: JsonDocument, node: Node): Mistakes[] {
  const words = wordsFor(node);
  return words ? [{ count: 1, describe: () => [unusable(document, node, ...words)] }] : [];
}

function wordsFor(node: Node): Words | undefined {
  const isKey = node.parent?.type === 'property' && node.parent.children?.[0] === node;
  return wordsOf(node.value as string, isKey);
}

type Words = readonly [label: string, hint: string];

function wordsOf(text: string, isKey: boolean): Words | undefined {
  if (isKey && text === '__proto__') return ['"__proto__" can\'t be a key', RENAME];
  if (text.includes('\0')) return ['NUL (\\u0000) in a string', REMOVE_NUL];
  return /\p{Surrogate}/u.test(text) ? ['half of a character', WHOLE] : undefined;
}

const RENAME = 'Use another name.';
const REMOVE_NUL = 'Remove it: no file name, argument or variable of Linux can hold it.';
const WHOLE = 'Write the character itself, or both of its \\u escapes.';

function unusable(document: JsonDocument, node: Node, label: string, hint: string): Failure {
  const place = placeAt(document, node.offset, node.length, label);
  return { code: 'schema', message: `The file can't be used: ${label}.`, hint, place };
}
