import { KeywordFilter } from './keyword-filter';
import type { SecretRule } from './rules/rule';

export interface TextMatch {
  readonly rule: SecretRule;
  readonly start: number;
  readonly end: number;
  readonly secret: string;
}

/** The longest secrets are private keys in base64, of 32,000 characters. */
export const LONGEST = 32 * 1024;

/** Bytes before and behind a keyword that decide whether it is in a secret: a secret, and what is next to it. */
const AROUND = LONGEST + 1024;

/** Which rules to try in a text. */
interface KeywordIndex {
  readonly withoutKeywords: readonly SecretRule[];
  readonly byKeyword: ReadonlyMap<string, readonly SecretRule[]>;
  readonly anyKeyword: RegExp | undefined;
  readonly filter: KeywordFilter | undefined;
}

/** Finds secrets by many rules in one pass; only rules with a keyword in a text are tried. */
export class SecretFinder {
  /** Made for the first text: every command loads this file, and few search. */
  private made: KeywordIndex | undefined;

  constructor(readonly rules: readonly SecretRule[]) {}

  /** Returns the secrets in the order of the text. Where several rules match, the first counts. */
  find(text: string): TextMatch[] {
    return this.matches(text, this.keywordsIn(text));
  }

  /** Returns what `find` returns for bytes as latin1. Much faster, if they are of a program. */
  findInBytes(bytes: Buffer): TextMatch[] {
    const { filter } = this.index;
    if (!filter) return this.find(bytes.toString('latin1'));
    const keywords = filter.keywordsIn(bytes);
    if (keywords.size === 0) return [];
    const places = [...keywords.values()];
    const start = Math.max(0, Math.min(...places.map(({ first }) => first)) - AROUND);
    const end = Math.max(...places.map(({ last }) => last)) + AROUND;
    const found = this.matches(bytes.toString('latin1', start, end), new Set(keywords.keys()));
    return found.map((match) => ({ ...match, start: match.start + start, end: match.end + start }));
  }

  /** Returns whether bytes may have a secret that `findInBytes` finds, in them or beginning in them. */
  mayHave(bytes: Uint8Array): boolean {
    const { filter } = this.index;
    return !filter || filter.keywordsIn(bytes).size > 0;
  }

  private get index(): KeywordIndex {
    return (this.made ??= indexOf(this.rules));
  }

  private matches(text: string, keywords: ReadonlySet<string>): TextMatch[] {
    const { withoutKeywords, byKeyword } = this.index;
    const tried = new Set(withoutKeywords);
    for (const keyword of keywords) for (const rule of byKeyword.get(keyword) ?? []) tried.add(rule);
    const found: TextMatch[] = [];
    for (const rule of this.rules)
      if (tried.has(rule))
        for (const match of matchesOf(rule, text))
          if (!found.some(({ start, end }) => match.start < end && start < match.end)) found.push(match);
    return found.sort((a, b) => a.start - b.start);
  }

  private keywordsIn(text: string): ReadonlySet<string> {
    const { anyKeyword } = this.index;
    const found = new Set<string>();
    if (!anyKeyword) return found;
    anyKeyword.lastIndex = 0;
    for (let match = anyKeyword.exec(text); match; match = anyKeyword.exec(text)) {
      found.add(match[0]);
      // Keywords may overlap.
      anyKeyword.lastIndex = match.index + 1;
    }
    return found;
  }
}

function indexOf(rules: readonly SecretRule[]): KeywordIndex {
  const keywords = [...new Set(rules.flatMap((rule) => rule.keywords ?? []))];
  const rulesOf = (keyword: string): SecretRule[] =>
    rules.filter((rule) => rule.keywords?.some((own) => keyword.includes(own)));
  const longestFirst = [...keywords].sort((a, b) => b.length - a.length);
  return {
    withoutKeywords: rules.filter(({ keywords }) => !keywords),
    byKeyword: new Map(keywords.map((keyword) => [keyword, rulesOf(keyword)])),
    anyKeyword: keywords.length === 0 ? undefined : new RegExp(longestFirst.map(escaped).join('|'), 'g'),
    filter: KeywordFilter.of(rules),
  };
}

/** In a text that is searched at once: a file with more of one kind is reported well enough by these. */
const MOST_MATCHES = 100;

function matchesOf(rule: SecretRule, text: string): TextMatch[] {
  const found: TextMatch[] = [];
  const matches = rule.pattern.global ? text.matchAll(rule.pattern) : [rule.pattern.exec(text)];
  for (const match of matches) {
    if (!match) break;
    const secret = rule.secret ? rule.secret(match) : (match.groups?.['secret'] ?? match[0]);
    if (secret === undefined) continue;
    found.push({ rule, start: match.index, end: match.index + match[0].length, secret });
    if (found.length >= MOST_MATCHES) break;
  }
  return found;
}

function escaped(keyword: string): string {
  return keyword.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
