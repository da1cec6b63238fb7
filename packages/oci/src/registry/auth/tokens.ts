import { ok, type Result } from '@image-tooling/model';
import { covers, scopeTexts, type Scope } from './scope';
import type { Token } from './token';

type Fetch = (scope: Scope) => Promise<Result<Token>>;

/** The tokens of a run: each is used until it expires, and those who want the same one at once share its request. */
export class Tokens {
  private tokens: Token[] = [];
  private readonly underWay = new Map<string, Promise<Result<Token>>>();

  constructor(private readonly now: () => number) {}

  /** A token that allows `scope`, from here or from `fetch`. */
  async get(scope: Scope, fetch: Fetch): Promise<Result<Token>> {
    const kept = this.tokens.find((token) => token.expiresAt > this.now() && covers(token.scope, scope));
    return kept ? ok(kept) : this.shared(scope, fetch);
  }

  /** Forgets a token that the registry no longer takes. */
  drop(value: string): void {
    this.tokens = this.tokens.filter((token) => token.value !== value);
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
    // The newest first: it is the one that the registry's last challenge led to.
    if (token.ok) this.tokens.unshift(token.value);
    return token;
  }
}
