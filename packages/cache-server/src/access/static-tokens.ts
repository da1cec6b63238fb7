import { createHash } from 'node:crypto';
import type { StaticToken } from '../config';
import { namedNamespace, trustedNamespace } from '../entries';
import type { Access } from './access';

/** Looks up static tokens by their hashes; the tokens themselves are nowhere on this machine. */
export class StaticTokens {
  private readonly byHash: ReadonlyMap<string, StaticToken>;

  constructor(tokens: readonly StaticToken[]) {
    this.byHash = new Map(tokens.map((token) => [token.sha256, token]));
  }

  /** Returns what a token may do, or undefined. How long it takes says nothing about a token: its hash is looked up. */
  find(token: string): Access | undefined {
    const found = this.byHash.get(hashOfToken(token));
    return found && accessOf(found);
  }
}

/** Returns what a token file has in place of a token. Tokens have 256 random bits: a slow hash would add nothing. */
export function hashOfToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function accessOf({ name, project, namespace = 'trusted', role }: StaticToken): Access {
  const own = namedNamespace(project, namespace);
  const trusted = trustedNamespace(project);
  return {
    project,
    reads: own === trusted ? [trusted] : [own, trusted],
    ...(role === 'write' && { writes: own }),
    writer: { source: 'token', actor: name },
  };
}
