import type { FileSecret, LayerSecrets } from './hit';
import { SECRET_RULES_HASH } from './rules';

const VERSION = 1;

/** What a record must be of to count: another version of its format or other rules make a new search. */
export const SECRETS_FORMAT = `${VERSION} ${SECRET_RULES_HASH}`;

/** The result of one layer's search, as it is kept by the layer's diff id. */
export interface LayerSecretsRecord extends LayerSecrets {
  readonly secretsVersion: typeof VERSION;
  /** Hash of the rules that were used. */
  readonly rules: string;
}

export function recordOfSecrets({ hits, unopened }: LayerSecrets): LayerSecretsRecord {
  return { secretsVersion: VERSION, rules: SECRET_RULES_HASH, hits, unopened };
}

/** Parses a record; undefined if it is invalid, or was made with other rules. */
export function secretsOfRecord(json: unknown): LayerSecrets | undefined {
  const record = json as Partial<LayerSecretsRecord> | null | undefined;
  if (typeof record !== 'object' || record === null) return undefined;
  const { secretsVersion, rules, hits, unopened } = record;
  const isValid = secretsVersion === VERSION && rules === SECRET_RULES_HASH && Number.isSafeInteger(unopened);
  if (!isValid || !Array.isArray(hits) || !hits.every(isFileSecret)) return undefined;
  return { hits, unopened: unopened ?? 0 };
}

function isFileSecret(value: unknown): value is FileSecret {
  const hit = value as Partial<FileSecret> | null;
  return (
    typeof hit === 'object' &&
    hit !== null &&
    [hit.rule, hit.path, hit.excerpt].every((text) => typeof text === 'string') &&
    Number.isSafeInteger(hit.offset) &&
    (hit.line === undefined || Number.isSafeInteger(hit.line)) &&
    (hit.fingerprint === undefined || typeof hit.fingerprint === 'string') &&
    (hit.published === undefined || hit.published)
  );
}
