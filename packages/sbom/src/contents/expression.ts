import parse from 'spdx-expression-parse';
import type { Licence } from '@image-tooling/model';

/** Returns whether a text is an SPDX licence expression of known identifiers (SPDX 2.3, annex D). */
export function isExpression(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Returns the words of a source as an SPDX expression, if they are one. */
export function licenceOf(text: string): Licence {
  return isExpression(text) ? { expression: text } : { text };
}
