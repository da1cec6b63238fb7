import type { JWTPayload } from 'jose';

/** Returns a claim that is a text; GitLab's numbers are texts, too. Empty if it is missing or something else. */
export function claim(payload: JWTPayload, name: string): string {
  const value = payload[name];
  return typeof value === 'string' ? value : '';
}

/** The project that a token is of, and what its job may do. */
export type Role = 'trusted' | 'release' | 'own' | 'reader';
