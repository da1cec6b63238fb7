import {
  placeOf,
  type Parsed,
  type ScanPolicyFile,
  type ScannerDatabase,
  type Severity,
} from '@image-tooling/model';
import type { Ignore } from '../finding';

/** The rules of one image's scan. */
export interface ScanPolicy {
  readonly database: 'registries' | 'none';
  /** Looked up in addition to registries. */
  readonly scanner?: ScannerDatabase;
  readonly maxAgeDays: number;
  readonly fail: readonly Severity[];
  readonly ignore: readonly Ignore[];
  /** Undefined: all. */
  readonly licences?: readonly string[];
  readonly setuid: readonly string[];
}

const DEFAULT_FAIL: readonly Severity[] = ['critical', 'high', 'unknown'];
const DEFAULT_MAX_AGE_DAYS = 14;

/**
 * Returns the rules of an image: each key of its own scan.json replaces the workspace's, and `ignore` is added to it.
 *
 * @param files the workspace's scan.json, then the image's if it has one
 */
export function mergePolicies(files: readonly Parsed<ScanPolicyFile>[]): ScanPolicy {
  const given = files.reduce<ScanPolicyFile>((merged, { value }) => ({ ...merged, ...value }), {});
  const { database = 'registries', maxAge, fail = DEFAULT_FAIL, licences, setuid } = given;
  return {
    ...(typeof database === 'string' ? { database } : { database: 'registries', scanner: database }),
    maxAgeDays: maxAge === undefined ? DEFAULT_MAX_AGE_DAYS : Number.parseInt(maxAge, 10),
    fail,
    ignore: files.flatMap(ignoresOf),
    ...(licences?.allow && { licences: licences.allow }),
    setuid: setuid?.allow ?? [],
  };
}

function ignoresOf({ value, document }: Parsed<ScanPolicyFile>): Ignore[] {
  return (value.ignore ?? []).map((entry, index) => {
    const { file, line = 1 } = placeOf(document, ['ignore', index, 'expires'], 'expired');
    return { ...entry, place: { file, line } };
  });
}
