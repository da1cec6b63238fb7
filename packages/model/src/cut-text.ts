/**
 * Returns the text cut to `most` UTF-16 code units, with `…` for what is left out. No character is cut in
 * half.
 */
export function cutText(text: string, most: number): string {
  return text.length > most ? `${wholeCharacters(text.slice(0, most))}…` : text;
}

/** Returns a piece of a text without the halves of characters that its ends cut. */
export function wholeCharacters(piece: string): string {
  return piece.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '');
}
