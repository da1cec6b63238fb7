import { applyEdits, modify } from 'jsonc-parser';

/** Returns the text of a tool.json with another version. Everything else stays as it is. */
export function withToolVersion(text: string, version: string): string {
  return applyEdits(text, modify(text, ['version'], version, {}));
}
