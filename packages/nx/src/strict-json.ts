import { visit } from 'jsonc-parser';

/**
 * Returns whether a text is JSON that all parsers read the same way (RFC 8259): no comment, extra comma or
 * duplicate key.
 */
export function isStrictJson(text: string): boolean {
  try {
    JSON.parse(text);
    return !hasDoubledKey(text);
  } catch {
    return false;
  }
}

/** RFC 8259 §4: of duplicate keys some parsers take the first, some the last, some neither. */
function hasDoubledKey(text: string): boolean {
  const open: Set<string>[] = [];
  let found = false;
  visit(text, {
    onObjectBegin: () => void open.push(new Set()),
    onObjectEnd: () => void open.pop(),
    onObjectProperty: (name) => {
      const keys = open.at(-1);
      if (keys?.has(name)) found = true;
      keys?.add(name);
    },
  });
  return found;
}
