import type { Node } from 'jsonc-parser';
import type { Failure } from '../failure';
import { placeAt, type JsonDocument } from './document';
import { positionAt } from './lines';
import type { Mistakes } from './most';
import { quoted } from './words';

/** Returns each duplicate key. */
export function duplicateKeys(document: JsonDocument, root = document.root): Mistakes[] {
  const found: Mistakes[] = [];
  const nodes = root ? [root] : [];
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    const children = node.children ?? [];
    if (node.type === 'object') for (const each of inObject(document, children)) found.push(each);
    for (const child of children) if (child.children) nodes.push(child);
  }
  return found;
}

function inObject(document: JsonDocument, properties: readonly Node[]): Mistakes[] {
  const first = new Map<string, Node>();
  return properties.flatMap((property): Mistakes[] => {
    const key = property.children?.[0];
    if (!key) return [];
    const name = key.value as string;
    const earlier = first.get(name);
    if (earlier) return [{ count: 1, describe: () => [duplicateKey(document, name, key, earlier)] }];
    first.set(name, key);
    return [];
  });
}

function duplicateKey(document: JsonDocument, name: string, key: Node, earlier: Node): Failure {
  const { line } = positionAt(document.lines, earlier.offset);
  return {
    code: 'duplicate',
    message: `The key ${quoted(name)} is twice in one object, first in line ${line}.`,
    hint: 'Remove one of them.',
    place: placeAt(document, key.offset, key.length, `second ${quoted(name)}`),
  };
}
