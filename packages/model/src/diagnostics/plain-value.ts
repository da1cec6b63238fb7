import { endOfText, MOST_LEVELS } from './depth';
import { isUsable } from './texts';

/**
 * Returns the value of a JSON text without mistakes; undefined for a text that the parser with places has to
 * look at: syntax errors, duplicate keys, unusable strings, too many levels. Takes a tenth of that parser's
 * time, and each task reads all definitions.
 */
export function plainValue(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    // JSON.parse keeps the last of duplicate keys.
    return keysOf(value, MOST_LEVELS) === keysIn(text) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Returns how many keys a value has in itself and in all below; NaN if it has too many levels or an unusable string. */
function keysOf(value: unknown, levels: number): number {
  if (typeof value === 'string') return isUsable(value, false) ? 0 : NaN;
  if (typeof value !== 'object' || value === null) return 0;
  if (levels === 0) return NaN;
  let count = 0;
  for (const [key, member] of Object.entries(value)) {
    if (!isUsable(key, !Array.isArray(value))) return NaN;
    count += (Array.isArray(value) ? 0 : 1) + keysOf(member, levels - 1);
  }
  return count;
}

/** Returns how many keys are written in a JSON text: strings before a colon. */
function keysIn(text: string): number {
  const colon = /\s*:/y;
  let count = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) {
    at = endOfText(text, at);
    colon.lastIndex = at + 1;
    if (colon.test(text)) count++;
  }
  return count;
}
