import {
  counted,
  fail,
  firstNames,
  ok,
  type Component,
  type Failure,
  type Result,
} from '@image-tooling/model';
import type { ScanSubject } from '../subject';
import type { ScannerAnswer, ScannerMatch } from './answer';
import { canariesOf } from './canaries';
import { purlKey } from './purl-key';

/**
 * Returns what a scanner found in the packages of an image. Fails with `scan-invalid` if it did not read all of them, or
 * found nothing in packages that are known to be vulnerable (`canariesOf`), which its SBOM must have had: a scanner that
 * does not understand an SBOM, or has no data of a distribution, says "0 found" and exits with 0.
 *
 * @param name of the scanner in messages: "Trivy"
 */
export function checkedMatches(
  name: string,
  subject: ScanSubject,
  { read, matches }: ScannerAnswer,
): Result<readonly ScannerMatch[]> {
  const { inventory } = subject;
  const unread = [...scannedPurls(subject)].filter((purl) => !read.has(purl)).sort();
  if (unread.length > 0) return fail(notRead(name, subject, unread));
  const found = new Set(matches.map(({ purl }) => purl));
  const canaries = [...canariesOf(inventory)].map(([kind, all]) => ({ kind, purls: purlsOf(subject, all) }));
  const silent = canaries.filter(({ purls }) => !purls.some((purl) => found.has(purl)));
  if (silent.length > 0)
    return fail(...(silent.map(({ kind, purls }) => noData(name, KINDS[kind], purls)) as [Failure]));
  const own = new Set(canaries.flatMap(({ purls }) => purls));
  return ok(matches.filter(({ purl }) => !own.has(purl)));
}

const KINDS = { deb: 'Debian packages', go: 'Go modules', npm: 'packages of npm' } as const;

/** Package URLs of what a scanner must read. Programs that were built in their own folder state no version. */
function scannedPurls(subject: ScanSubject): ReadonlySet<string> {
  const { components } = subject.inventory;
  const isScanned = (one: Component): boolean =>
    (one.kind === 'deb' || one.kind === 'go' || one.kind === 'npm') && !['', '(devel)'].includes(one.version);
  return new Set(purlsOf(subject, components.filter(isScanned)));
}

function purlsOf(subject: ScanSubject, components: readonly Component[]): string[] {
  return components.flatMap((one) => {
    const purl = subject.purlOf(one);
    return purl === undefined ? [] : purlKey(purl);
  });
}

function notRead(name: string, subject: ScanSubject, unread: readonly string[]): Failure {
  return {
    code: 'scan-invalid',
    message: `${name} did not read ${counted(unread.length, 'package')} of ${subject.inventory.image}, so it says nothing of them: ${firstNames(unread, LONGEST_LIST)}.`,
    hint: `Use the version of ${name} that this version of image-tooling was tested with (docs/scan.md).`,
  };
}

function noData(name: string, kind: string, purls: readonly string[]): Failure {
  return {
    code: 'scan-invalid',
    message: `${name} has no data of ${kind}: it found nothing in ${purls.join(', ')}, which are vulnerable.`,
    hint: 'Its database is incomplete. Use another mirror, then run: npx image-tooling scan-lock',
  };
}

const LONGEST_LIST = 5;
