/** Gives the tokens that a server asks for. */
export interface Tokens {
  /** Where they come from, for display. */
  readonly from: string;
  /** Returns a token that is still valid for a while; undefined: send none. Throws a `Fault`. */
  current(signal: AbortSignal): Promise<string | undefined>;
  /** Called if the server refused a token. Returns whether another one can be had. */
  discard(token: string | undefined): boolean;
}

/** A token that stays the same, or none. */
export function fixedToken(token: string | undefined, from: string): Tokens {
  return { from, current: async () => token, discard: () => false };
}
