const WIDTH = 100;
const STEP = '  ';

/**
 * Returns a value as JSON that users will edit: short lists and objects on one line, as Prettier leaves them,
 * the outermost object and lists of objects on several. Ends with a line break.
 */
export function jsonText(value: object): string {
  return `${onLines(value, '')}\n`;
}

function onLines(value: object, indent: string): string {
  const inner = indent + STEP;
  const lines = Array.isArray(value)
    ? value.map((item: unknown) => `${inner}${text(item, inner, inner.length)}`)
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => entry(key, item, inner));
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}

function entry(key: string, value: unknown, indent: string): string {
  const before = `${indent}${JSON.stringify(key)}: `;
  return before + text(value, indent, before.length);
}

/** @param used the number of characters before it on the line */
function text(value: unknown, indent: string, used: number): string {
  const line = onLine(value);
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return line;
  return isListOfObjects(value) || used + line.length + 1 > WIDTH ? onLines(value, indent) : line;
}

function isListOfObjects(value: object): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null);
}

function onLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(onLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  const words = entries.map(([key, item]) => `${JSON.stringify(key)}: ${onLine(item)}`);
  return words.length === 0 ? '{}' : `{ ${words.join(', ')} }`;
}
