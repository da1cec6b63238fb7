import { vulnerabilityScanIn, type AttachedScan } from '../predicates/vulnerability-scan';
import { PREDICATES } from '../statement/predicate-types';
import type { Statement } from '../statement/statement';

type Attached = Pick<Statement, 'predicateType' | 'predicate'>;

/** Returns the newest of attached scan results; undefined without one of image-tooling. */
export function newestScan(statements: readonly Attached[]): AttachedScan | undefined {
  return newestWith(statements)?.scan;
}

/** Returns statements without scan results that a newer one replaces. */
export function withoutOlderScans<T extends Attached>(statements: readonly T[]): T[] {
  const newest = newestWith(statements)?.statement;
  return statements.filter((one) => one === newest || scanOf(one) === undefined);
}

function newestWith<T extends Attached>(statements: readonly T[]) {
  const scans = statements.flatMap((statement) => {
    const scan = scanOf(statement);
    return scan ? [{ statement, scan }] : [];
  });
  return scans.toSorted((a, b) => b.scan.ended - a.scan.ended)[0];
}

function scanOf({ predicateType, predicate }: Attached): AttachedScan | undefined {
  return predicateType === PREDICATES.scan ? vulnerabilityScanIn(predicate) : undefined;
}
