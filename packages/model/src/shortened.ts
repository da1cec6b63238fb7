/** Returns the first of several lines, and how many more there are. */
export function firstLines(lines: readonly string[], most: number): string[] {
  return [...lines.slice(0, most), ...(lines.length > most ? [moreText(lines.length - most)] : [])];
}

/** Returns the first of several names in one line: "a, b and 3 more". */
export function firstNames(names: readonly string[], most: number): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} ${moreText(names.length - most)}` : shown;
}

function moreText(count: number): string {
  return `and ${count} more`;
}
