import type { Digest, Json, TestResults } from '@image-tooling/model';
import { digestSet } from './dependency';

/**
 * Returns the predicate of an image's checks (in-toto attestation, spec/predicates/test-result.md).
 *
 * @param definitions paths of the definitions that the checks are in, and digests of their content
 */
export function testResult(results: TestResults, definitions: Readonly<Record<string, Digest>>): Json {
  const named = (passed: boolean) => results.checks.filter((check) => check.passed === passed).map(nameOf);
  return {
    result: results.passed ? 'PASSED' : 'FAILED',
    configuration: Object.entries(definitions).map(([name, digest]) => ({ name, digest: digestSet(digest) })),
    passedTests: named(true),
    warnedTests: [],
    failedTests: named(false),
  };
}

function nameOf({ group, title, as }: TestResults['checks'][number]): string {
  return `${group}: ${title}${as === undefined ? '' : ` (as ${as})`}`;
}
