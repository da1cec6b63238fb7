const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/**
 * Returns the text without what a terminal would interpret: control characters, changes of writing direction
 * and lone surrogates are escaped (`\u001b`), a tab becomes two spaces. Line feeds stay.
 */
export function visible(text: string): string {
  return text
    .replaceAll('\t', '  ')
    .replace(CONTROL, spelled)
    .replace(/\p{Surrogate}/gu, spelled);
}

function spelled(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
