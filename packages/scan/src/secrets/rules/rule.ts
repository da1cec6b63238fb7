import type { Finding } from '../../finding';

/** What one kind of secret looks like. */
export interface SecretRule {
  readonly id: string;
  /** With its article: "a private key". */
  readonly title: string;
  readonly severity: Extract<Finding['severity'], 'critical' | 'high'>;
  /** Every match contains one of these; the pattern is tried only where one is found. Not needed with `files`. */
  readonly keywords?: readonly string[];
  /** In each match, at least as many characters of tokens (A–Z, a–z, 0–9, "_", ".", "-", "/") follow a keyword. */
  readonly tokenCharacters?: number;
  /** Limits the rule to files with these paths (byte strings without a leading slash). */
  readonly files?: RegExp;
  /** Skips binary files. */
  readonly textOnly?: true;
  /**
   * Global; or beginning with `^` and not global, for the first bytes of a file. Repetitions are bounded, so that its
   * time is linear on any input.
   */
  readonly pattern: RegExp;
  /**
   * Returns the secret of a match; undefined if it is an example or incomplete. Default: the group `secret`, or the
   * whole match.
   */
  readonly secret?: (match: RegExpMatchArray) => string | undefined;
  /** The secret can't be guessed, so its hash can be shown. */
  readonly random?: true;
}

/** Returns the group `secret` of a match, or all of it. */
export function matchedSecret(match: RegExpMatchArray): string {
  return match.groups?.['secret'] ?? match[0];
}

/** Returns a `secret` function that leaves out values for which `isExample` is true. */
export function unless(isExample: (value: string) => boolean): Exclude<SecretRule['secret'], undefined> {
  return (match) => (isExample(matchedSecret(match)) ? undefined : matchedSecret(match));
}

/** Returns the text around a match, at most `distance` characters to each side. */
export function around(match: RegExpMatchArray, distance: number): string {
  const { index = 0, input = '' } = match;
  return input.slice(Math.max(0, index - distance), index + match[0].length + distance);
}
