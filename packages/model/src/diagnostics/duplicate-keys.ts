import type { Node } from 'jsonc-parser';
import type { Failure } from '../failure';
import { placeAt, type JsonDocument } from './document';
import { positionAt } from './lines';

/** A failure for each key that its object has already. */
export function duplicateKeys(document: JsonDocument): Failure[] {
  return document.root ? inNode(document, document.root) : [];
}

function inNode(document: JsonDocument, node: Node): Failure[] {
  const children = node.children ?? [];
  const own = node.type === 'object' ? inObject(document, children) : [];
  return [...own, ...children.flatMap((child) => (child.children ? inNode(document, child) : []))];
}

function inObject(document: JsonDocument, properties: readonly Node[]): Failure[] {
  const first = new Map<string, Node>();
  return properties.flatMap((property) => {
    const key = property.children?.[0];
    if (!key) return [];
    const name = key.value as string;
    const earlier = first.get(name);
    if (earlier) return [duplicateKey(document, name, key, earlier)];
    first.set(name, key);
    return [];
  });
}

function duplicateKey(document: JsonDocument, name: string, key: Node, earlier: Node): Failure {
  const { line } = positionAt(document.lines, earlier.offset);
  return {
    code: 'duplicate',
    message: `The key ${JSON.stringify(name)} stands twice in one object, first in line ${line}.`,
    hint: 'Remove one of them.',
    place: placeAt(document, key.offset, key.length, `second ${JSON.stringify(name)}`),
  };
}
