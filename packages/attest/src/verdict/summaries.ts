import { counted, dayOf } from '@image-tooling/model';
import { vulnerabilityScanIn } from '../predicates/vulnerability-scan';
import { statementKind, type StatementKind } from '../statement/predicate-types';
import type { Statement } from '../statement/statement';
import { listOf, membersOf, textOf, type Members } from './members';
import type { StatementSummary } from './types';

/** Returns trusted statements in words; those of unknown types by their type. */
export function summaryOf({
  predicateType,
  predicate,
}: Pick<Statement, 'predicateType' | 'predicate'>): StatementSummary[] {
  const kind = statementKind(predicateType);
  if (kind === undefined) return [{ title: 'other', text: predicateType }];
  return kind === 'signature' || kind === 'vsa'
    ? []
    : [{ title: TITLES[kind], text: TEXTS[kind](membersOf(predicate)) }];
}

/** Verification summaries are not statements of those who built. */
type Told = Exclude<StatementKind, 'signature' | 'vsa'>;

const TITLES: Readonly<Record<Told, string>> = {
  provenance: 'provenance',
  cyclonedx: 'SBOM',
  spdx: 'SBOM',
  tests: 'tests',
  vex: 'VEX',
  scan: 'scan',
};

const TEXTS: Readonly<Record<Told, (predicate: Members) => string>> = {
  provenance: (predicate) => {
    const definition = membersOf(predicate['buildDefinition']);
    const { image, source } = membersOf(definition['externalParameters']);
    const { uri, commit, altered } = membersOf(source);
    const { id } = membersOf(membersOf(predicate['runDetails'])['builder']);
    const dependencies = listOf(definition['resolvedDependencies']).length;
    const from = typeof uri === 'string' ? ` of ${uri}` : '';
    const more = altered === true ? ', with inputs that are not committed' : '';
    return `${textOf(image)}, commit ${textOf(commit).slice(0, 12)}${from}${more}, built by ${textOf(id)} from ${counted(dependencies, 'input')}`;
  },
  cyclonedx: (predicate) =>
    `CycloneDX ${textOf(predicate['specVersion'])}, ${counted(listOf(predicate['components']).length, 'component')}`,
  spdx: (predicate) =>
    `${textOf(predicate['spdxVersion'])}, ${counted(listOf(predicate['packages']).length, 'package')}`,
  tests: (predicate) => {
    const passed = listOf(predicate['passedTests']).length;
    const failed = listOf(predicate['failedTests']).length;
    return `${textOf(predicate['result'])}: ${passed} passed, ${failed} failed`;
  },
  vex: (predicate) => counted(listOf(predicate['statements']).length, 'statement'),
  scan: (predicate) => {
    const scan = vulnerabilityScanIn(predicate);
    const { uri, result } = membersOf(predicate['scanner']);
    if (!scan) return `${counted(listOf(result).length, 'result')} of ${textOf(uri)}`;
    const failing = scan.findings.filter(({ status }) => FAILING.includes(status)).length;
    return `${counted(scan.findings.length, 'finding')}, ${failing} to fix, since ${dayOf(scan.ended / 1000)}`;
  },
};

/** Statuses of findings that fail a scan (packages/scan). */
const FAILING = ['failing', 'expired'];

/** Returns the result that a test statement states: "PASSED". */
export function testOutcome({ predicate }: Pick<Statement, 'predicate'>): string {
  return textOf(membersOf(predicate)['result']);
}
