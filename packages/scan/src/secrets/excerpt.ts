import { createHash } from 'node:crypto';
import type { SecretRule } from './rules/rule';

/** Four characters of a shorter secret would help to guess it. */
const SHORTEST_SHOWN = 20;

/** Returns what reports may say of a secret. */
export function described(
  { id, random }: Pick<SecretRule, 'id' | 'random'>,
  secret: string,
): { rule: string; excerpt: string; fingerprint?: string } {
  const text = secret.replace(/\\[nr]|\s/g, '');
  const start = text.length < SHORTEST_SHOWN ? '' : text.slice(0, 4).replace(/[^\x21-\x7e]/g, '?');
  const excerpt = `${start}… (${text.length} characters)`;
  return { rule: id, excerpt, ...(random && { fingerprint: fingerprintOf(text) }) };
}

function fingerprintOf(text: string): string {
  return createHash('sha256').update(text, 'latin1').digest('hex').slice(0, 12);
}
