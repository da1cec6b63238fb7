import type { Severity } from '@image-tooling/model';
import type { FindingKind, JudgedFinding, Status } from '../finding';
import type { ScanReport } from './types';
import { coverageLines, dataLine, secretLines } from './words';

/** SARIF 2.1.0, section 3.27.10: `error` fails, `warning` can't be fixed now, `note` does not matter now. */
const LEVELS: Readonly<Record<Status, 'error' | 'warning' | 'note'>> = {
  failing: 'error',
  expired: 'error',
  'not-fixable': 'warning',
  accepted: 'note',
  ignored: 'note',
  inherited: 'note',
  'not-affected': 'note',
};

/** Scores that code scanning shows as these severities (GitHub, "SARIF support", security-severity). */
const SCORES: Readonly<Record<Severity, string | undefined>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.0',
  low: '2.0',
  unknown: undefined,
};

const KIND_NAMES: Readonly<Record<FindingKind, string>> = {
  vulnerability: 'Vulnerability',
  secret: 'Secret',
  licence: 'Licence',
  setuid: 'Setuid',
  size: 'Size',
  'end-of-life': 'EndOfLife',
};

/**
 * Returns a report as SARIF 2.1.0 (OASIS). Each result is at the definition that brings it; what a parent brings is in
 * the parent's report only.
 */
export function sarifLog(report: ScanReport): object {
  const results = report.findings.filter(({ status }) => status !== 'inherited');
  const ids = [...new Set(results.map(({ id }) => id))];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'image-tooling',
            rules: ids.map((id) => ruleOf(id, results)),
          },
        },
        automationDetails: { id: `image-tooling/${report.image}/${report.platform}/` },
        invocations: [{ executionSuccessful: true, toolExecutionNotifications: notifications(report) }],
        columnKind: 'utf16CodeUnits',
        results: results.map((finding) => resultOf(finding, ids.indexOf(finding.id))),
      },
    ],
  };
}

function ruleOf(id: string, results: readonly JudgedFinding[]): object {
  const first = results.find((one) => one.id === id) as JudgedFinding;
  const score = SCORES[first.severity];
  return {
    id,
    name: KIND_NAMES[first.kind],
    shortDescription: { text: first.title },
    properties: {
      tags: ['security', first.kind],
      ...(score !== undefined && { 'security-severity': score }),
    },
  };
}

function resultOf(finding: JudgedFinding, ruleIndex: number): object {
  const { id, status, ignore, notAffected } = finding;
  const reason = ignore?.reason ?? notAffected;
  const isSuppressed = status === 'ignored' || status === 'not-affected';
  return {
    ruleId: id,
    ruleIndex,
    level: LEVELS[status],
    message: { text: messageOf(finding) },
    locations: [locationOf(finding)],
    partialFingerprints: { 'finding/v1': fingerprint(finding) },
    ...(isSuppressed && {
      suppressions: [{ kind: 'external', status: 'accepted', ...(reason && { justification: reason }) }],
    }),
  };
}

function messageOf({ title, component, fixedIn, command, advice, status, ignore }: JudgedFinding): string {
  const where = component ? ` (${component.name} ${component.version})` : '';
  const parts = [
    `${title}${where}.`,
    ...(fixedIn !== undefined ? [`Fixed in ${fixedIn}.`] : []),
    ...(status === 'expired' ? [`Its ignore expired on ${ignore?.expires}.`] : []),
    ...(command !== undefined ? [`Run: ${command}`] : []),
    ...(advice !== undefined ? [advice] : []),
  ];
  return parts.join(' ');
}

/** An expired ignore is what must change first. */
function locationOf({ file, status, ignore, place }: JudgedFinding): object {
  const at = status === 'expired' && ignore ? ignore.place : { file, line: 1 };
  return {
    physicalLocation: {
      artifactLocation: { uri: at.file.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' },
      region: { startLine: at.line ?? 1 },
    },
    ...(place !== undefined && { logicalLocations: [{ fullyQualifiedName: place }] }),
  };
}

/** Stays the same while a finding stays, whatever its layer's digest is. */
function fingerprint({ id, owner, component, place }: JudgedFinding): string {
  return [id, owner, component?.name, component?.version, component ? undefined : place]
    .filter((part) => part !== undefined)
    .join('|');
}

function notifications(report: ScanReport): object[] {
  const level = report.data.database === 'none' ? 'warning' : 'note';
  return [
    { level, message: { text: dataLine(report) } },
    ...coverageLines(report).map((text) => ({ level: 'warning', message: { text } })),
    ...secretLines(report).map((text) => ({ level: 'note', message: { text } })),
  ];
}
