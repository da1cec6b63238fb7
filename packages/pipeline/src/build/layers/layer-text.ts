/** Returns a layer within a sentence: "the files layer of base". */
export function layerText({ kind, owner }: { readonly kind: string; readonly owner: string }): string {
  return `the ${kind} layer of ${owner}`;
}
