import { ok, type Result } from '@image-tooling/model';
import { covers, scopeTexts, type Scope } from './scope';
import type { Token } from './token';

type Fetch = (scope: Scope) => Promise<Result<Token>>;

/** The tokens of a run: each is used until it expires, and concurrent requests for the same token are sent once. */
export class Tokens {
  /** The newest first. */
  private tokens: Token[] = [];
  private readonly underWay = new Map<string, Promise<Result<Token>>>();

  constructor(private readonly now: () => number) {}

  /** Returns a token that allows `scope`, cached or from `fetch`. */
  async get(scope: Scope, fetch: Fetch): Promise<Result<Token>> {
    const kept = this.tokens.find((token) => token.expiresAt > this.now() && covers(token.scope, scope));
    return kept ? ok(kept) : this.shared(scope, fetch);
  }

  /** Drops a token that the registry no longer accepts, and older ones: it hardly accepts them longer. */
  drop(value: string): void {
    const at = this.tokens.findIndex((token) => token.value === value);
    if (at >= 0) this.tokens = this.tokens.slice(0, at);
  }

  private shared(scope: Scope, fetch: Fetch): Promise<Result<Token>> {
    const key = scopeTexts(scope).join(' ');
    const running =
      this.underWay.get(key) ?? this.fetched(scope, fetch).finally(() => this.underWay.delete(key));
    this.underWay.set(key, running);
    return running;
  }

  private async fetched(scope: Scope, fetch: Fetch): Promise<Result<Token>> {
    const token = await fetch(scope);
    // The newest first: it answers the registry's last challenge.
    if (token.ok) this.tokens.unshift(token.value);
    return token;
  }
}
