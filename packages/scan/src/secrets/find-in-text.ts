import { KeywordFilter } from './keyword-filter';
import type { SecretRule } from './rules/rule';

export interface TextMatch {
  readonly rule: SecretRule;
  readonly start: number;
  readonly end: number;
  readonly secret: string;
}

/** Which rules to try in a text. */
interface KeywordIndex {
  readonly withoutKeywords: readonly SecretRule[];
  readonly byKeyword: ReadonlyMap<string, readonly SecretRule[]>;
  readonly anyKeyword: RegExp | undefined;
}

/** Finds secrets by many rules in one pass over a text; only rules with a keyword in it are tried. */
export class SecretFinder {
  /** Made for the first text: every command loads this file, and few search. */
  private index: KeywordIndex | undefined;
  private filter: KeywordFilter | undefined;

  constructor(readonly rules: readonly SecretRule[]) {}

  /** Returns the secrets in the order of the text. Where several rules match, the first counts. */
  find(text: string): TextMatch[] {
    const tried = this.triedIn(text);
    if (tried.size === 0) return [];
    const found: TextMatch[] = [];
    for (const rule of this.rules)
      if (tried.has(rule))
        for (const match of matchesOf(rule, text))
          if (!found.some(({ start, end }) => match.start < end && start < match.end)) found.push(match);
    return found.sort((a, b) => a.start - b.start);
  }

  /** Returns false only if `find` returns nothing for these bytes as latin1. Much faster, if they are of a program. */
  mayFind(bytes: Buffer): boolean {
    return (this.filter ??= new KeywordFilter(this.rules)).mayMatch(bytes);
  }

  private triedIn(text: string): ReadonlySet<SecretRule> {
    const { withoutKeywords, byKeyword, anyKeyword } = (this.index ??= indexOf(this.rules));
    const tried = new Set(withoutKeywords);
    if (!anyKeyword) return tried;
    anyKeyword.lastIndex = 0;
    for (let match = anyKeyword.exec(text); match; match = anyKeyword.exec(text)) {
      for (const rule of byKeyword.get(match[0]) ?? []) tried.add(rule);
      // Keywords may overlap.
      anyKeyword.lastIndex = match.index + 1;
    }
    return tried;
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
  };
}

/** A file with more of one kind is reported well enough by these. */
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
