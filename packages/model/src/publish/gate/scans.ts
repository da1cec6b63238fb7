import type { Digest } from '../../digest';
import type { Failure } from '../../failure';
import { archOf, type Platform } from '../../platform';
import { firstLines } from '../../shortened';

/** What a scan found on one platform of an image. */
export interface ScanEvidence {
  readonly platform: Platform;
  /** Digest of the image that was scanned. */
  readonly manifest: Digest;
  /** What fails the scan, one line each. */
  readonly failing: readonly string[];
}

const LONGEST_LIST = 10;

/**
 * Returns why a scan keeps one platform of an image from being published, each as `not-publishable`.
 *
 * @param manifest digest that the build recorded
 */
export function scanFailures(
  image: string,
  { platform, manifest: scanned, failing }: ScanEvidence,
  manifest: Digest,
): Failure[] {
  const scan = `npx nx run ${image}:scan-${archOf(platform)}`;
  if (scanned !== manifest)
    return [
      {
        code: 'not-publishable',
        message: `${image} was scanned with a digest that differs from the built one for ${platform}.`,
        details: [`built:   ${manifest}`, `scanned: ${scanned}`],
        hint: `Run: npx nx run ${image}:build-${archOf(platform)} --skip-nx-cache`,
      },
    ];
  if (failing.length === 0) return [];
  return [
    {
      code: 'not-publishable',
      message: `${image} did not pass its scan for ${platform}.`,
      details: firstLines(failing, LONGEST_LIST),
      hint: `See what fixes it: ${scan}`,
    },
  ];
}
