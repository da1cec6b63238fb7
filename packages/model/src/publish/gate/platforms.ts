import type { Failure } from '../../failure';
import { archOf } from '../../platform';
import type { PlatformEvidence } from './types';

/** Why one platform of an image may not be published: it is not built, or no test passed for this very digest. */
export function platformFailures(image: string, evidence: PlatformEvidence): Failure[] {
  const fault = faultOf(evidence);
  if (fault === undefined) return [];
  return [
    {
      code: 'not-publishable',
      message: `${image} ${fault.message} for ${evidence.platform}.`,
      ...(fault.details && { details: fault.details }),
      hint: fault.hint(`npx nx run ${image}:test-${archOf(evidence.platform)}`),
    },
  ];
}

interface Fault {
  readonly message: string;
  readonly details?: readonly string[];
  hint(test: string): string;
}

function faultOf({ manifest, test }: PlatformEvidence): Fault | undefined {
  if (manifest === undefined) return { message: 'is not built', hint: runAgain };
  if (test === undefined) return { message: 'is not tested', hint: runAgain };
  if (test.manifest !== manifest)
    return {
      message: 'was tested with another digest than the one that is built',
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

/** The tests of a publish have run before it: what they left is not there where Nx restored nothing (nrwl/nx#37110). */
function runAgain(test: string): string {
  return `Run: ${test} --skip-nx-cache`;
}
