import { shortHex, type Digest } from '../digest';
import type { LayerKind } from '../layer';

/** Returns a digest in a table or a line; `?` where it is not known. */
export function digestText(digest: Digest | undefined): string {
  return digest === undefined ? '?' : shortHex(digest);
}

/** Returns a layer by kind and owner: "apt of tooling-k8s", "tool k9s". */
export function layerWords({ kind, owner }: { readonly kind: LayerKind; readonly owner: string }): string {
  return kind === 'tool' ? `tool ${owner}` : `${kind} of ${owner}`;
}

/** Width that lines keep to where they can. */
export const WIDTH = 100;

/** Words separated by commas, as lines no wider than `WIDTH`; all but the first are indented. */
export function wrapped(first: string, words: readonly string[], indent = 2): string[] {
  const lines = [first];
  words.forEach((word, at) => {
    const text = at < words.length - 1 ? `${word},` : word;
    const last = lines.at(-1) ?? '';
    if (last.length + 1 + text.length <= WIDTH)
      lines[lines.length - 1] = last === '' ? text : `${last} ${text}`;
    else lines.push(`${' '.repeat(indent)}${text}`);
  });
  return lines;
}
