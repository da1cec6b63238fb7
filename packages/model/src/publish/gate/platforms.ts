import type { Failure } from '../../failure';
import { archOf } from '../../platform';
import type { PlatformEvidence } from './types';

/**
 * Returns why one platform of an image may not be published: it is not built, or no test passed for its
 * digest.
 */
export function platformFailures(image: string, evidence: PlatformEvidence): Failure[] {
  const problem = problemOf(evidence);
  if (problem === undefined) return [];
  return [
    {
      code: 'not-publishable',
      message: `${image} ${problem.message} for ${evidence.platform}.`,
      ...(problem.details && { details: problem.details }),
      hint: problem.hint(`npx nx run ${image}:test-${archOf(evidence.platform)}`),
    },
  ];
}

interface Problem {
  readonly message: string;
  readonly details?: readonly string[];
  hint(test: string): string;
}

function problemOf({ manifest, test }: PlatformEvidence): Problem | undefined {
  if (manifest === undefined) return { message: 'is not built', hint: runAgain };
  if (test === undefined) return { message: 'is not tested', hint: runAgain };
  if (test.manifest !== manifest)
    return {
      message: 'was tested with a digest that differs from the built one',
      details: [`built:  ${manifest}`, `tested: ${test.manifest}`],
      hint: run,
    };
  if (!test.passed) return { message: 'did not pass its test', hint: (command) => `See why: ${command}` };
  if (!test.isolated)
    return {
      message: 'was tested by an engine that did not cut off the network',
      hint: (command) => `Test it on another engine: IMAGE_ENGINE=dagger ${command} --skip-nx-cache`,
    };
  return undefined;
}

function run(test: string): string {
  return `Run: ${test}`;
}

/** Tests run before a publish; their results are missing if Nx did not restore them (nrwl/nx#37110). */
function runAgain(test: string): string {
  return `Run: ${test} --skip-nx-cache`;
}
