import { canonicalJson, digestOf, type Digest } from '@image-tooling/model';
import { KEYSTORE_RULES } from './keystores';
import { NAMED_FILE_RULES } from './named-files';
import { PRIVATE_KEY_RULES } from './private-keys';
import { LOGIN_RULES } from './logins';
import type { SecretRule } from './rule';
import { TOKEN_RULES } from './tokens';

/** In this order: where two match at the same place, the first counts. */
export const SECRET_RULES: readonly SecretRule[] = [
  ...NAMED_FILE_RULES,
  ...PRIVATE_KEY_RULES,
  ...LOGIN_RULES,
  ...TOKEN_RULES,
  ...KEYSTORE_RULES,
];

/** Increase it if a rule's functions change, or what is read: patterns and keywords are in the hash already. */
const CODE_VERSION = 1;

/** The hash of all rules: a result that was made with other rules does not count. */
export const SECRET_RULES_HASH: Digest = digestOf(
  canonicalJson([
    CODE_VERSION,
    ...SECRET_RULES.map(({ id, severity, keywords, files, textOnly, pattern, random }) => ({
      id,
      severity,
      keywords,
      files: files?.source,
      textOnly,
      pattern: `${pattern.source}/${pattern.flags}`,
      random,
    })),
  ]),
);

/** Variables of an image's config are judged by their names (variables.ts). */
const VARIABLE_RULE: NamedRule = {
  id: 'secret-variable',
  title: 'a password, token or key in a variable',
  severity: 'critical',
};

export type NamedRule = Pick<SecretRule, 'id' | 'title' | 'severity' | 'random'>;

/** Returns the first rule of an id. */
export function ruleOf(id: string): NamedRule | undefined {
  return [VARIABLE_RULE, ...SECRET_RULES].find((rule) => rule.id === id);
}
