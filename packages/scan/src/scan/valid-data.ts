import { counted, firstNames, type Failure } from '@image-tooling/model';
import { sourcesWithoutData } from '../match';
import { fixesFor } from '../release-fixes';
import type { ScanSubject } from '../subject';
import type { VulnerabilityData } from '../vulnerability-data';

/** The command that writes scan.lock.json. */
const DATA_COMMAND = 'npx image-tooling scan-lock';

/**
 * Returns why data can't tell the vulnerabilities of an image, each as `scan-invalid`; empty if it can.
 *
 * @param mayLack of Debian's source packages. `some`: of a published image, whose packages no lock has any more
 */
export function invalidData(
  data: VulnerabilityData,
  subject: ScanSubject,
  mayLack: 'none' | 'some' = 'none',
): Failure[] {
  return [...goProblems(data, subject), ...debianProblems(data, subject, mayLack)].map(
    ({ message, hint = `Run: ${DATA_COMMAND}` }) => ({
      code: 'scan-invalid',
      message: `${subject.inventory.image} can't be scanned: ${message}.`,
      hint,
    }),
  );
}

type Problem = Pick<Failure, 'message' | 'hint'>;

function goProblems({ go }: VulnerabilityData, subject: ScanSubject): Problem[] {
  if (!hasKind(subject, 'go') || !go.database.isEmpty) return [];
  return [{ message: `Go's vulnerability database ${go.version} has no entries` }];
}

function debianProblems(data: VulnerabilityData, subject: ScanSubject, mayLack: 'none' | 'some'): Problem[] {
  if (!hasKind(subject, 'deb')) return [];
  const { debian } = subject;
  if (debian === undefined) return [{ message: 'no data is known of its distribution', hint: NO_DATABASE }];
  const fixes = fixesFor(subject, data);
  if (!fixes) return [{ message: `there is no data of Debian ${debian}` }];
  const { unknown, known } = sourcesWithoutData(subject, fixes);
  if (unknown.length === 0 || (mayLack === 'some' && known.length > 0)) return [];
  return [
    {
      message: `there is no data of ${counted(unknown.length, 'source package')}: ${firstNames(unknown, LONGEST_LIST)}`,
    },
  ];
}

const NO_DATABASE =
  'Write "database": "none" into its scan.json: reports then say that nothing was looked up.';

function hasKind({ inventory }: ScanSubject, kind: 'go' | 'deb'): boolean {
  return inventory.components.some((one) => one.kind === kind);
}

const LONGEST_LIST = 5;
