/** One authentication method that a registry accepts (RFC 9110 section 11.3). */
export interface Challenge {
  /** Lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** RFC 9110 section 5.6.2, as a scheme: nothing but a space or a comma follows. */
const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+(?=[ \t,]|$)/y;
/** RFC 9110 section 11.2. Nothing follows it; otherwise it is the name of a parameter. */
const TOKEN68 = /[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/y;
/** RFC 9110 sections 11.2 and 5.6.4. */
const PARAMETER =
  /([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~0-9A-Za-z-]+))(?=[ \t]*(?:,|$))/y;
const BETWEEN = /[ \t,]*/y;
const SPACES = /[ \t]*/y;

/**
 * Returns the challenges of a WWW-Authenticate header (RFC 9110 section 11.6.1); several headers are joined by ", ". A
 * syntax error ends the list; challenges before it count.
 */
export function parseChallenges(header: string): Challenge[] {
  const text = new Scanner(header);
  const challenges: Challenge[] = [];
  for (text.read(BETWEEN); !text.atEnd; text.read(BETWEEN)) {
    const scheme = text.read(TOKEN)?.[0];
    if (scheme === undefined) break;
    text.read(SPACES);
    const parameters = text.read(TOKEN68) ? {} : parametersOf(text);
    challenges.push({ scheme: scheme.toLowerCase(), parameters });
  }
  return challenges;
}

function parametersOf(text: Scanner): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (let match = text.read(PARAMETER); match; match = text.read(PARAMETER)) {
    const [, name = '', quoted, plain = ''] = match;
    parameters[name.toLowerCase()] = quoted?.replace(/\\(.)/g, '$1') ?? plain;
    text.read(BETWEEN);
  }
  return parameters;
}

class Scanner {
  private at = 0;

  constructor(private readonly text: string) {}

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** Returns the match of a sticky pattern at this place, and moves behind it. */
  read(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match) this.at = pattern.lastIndex;
    return match;
  }
}
