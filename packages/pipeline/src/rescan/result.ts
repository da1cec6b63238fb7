import { canonicalJson, dayOf, type Json } from '@image-tooling/model';
import {
  vulnerabilityScan,
  type AttachedScan,
  type ScannedFinding,
  type VulnerabilityScan,
} from '@image-tooling/attest';
import {
  comparable,
  SCANNER_NAMES,
  type JudgedFinding,
  type RescanReport,
  type UsedScanner,
  type VulnerabilityData,
} from '@image-tooling/scan';

/** A result, and whether it says something else than the last one. */
export interface ScanResult {
  readonly predicate: Json;
  readonly isNew: boolean;
}

interface ResultInput {
  readonly report: RescanReport;
  readonly data: VulnerabilityData;
  readonly earlier: AttachedScan | undefined;
  /** Of image-tooling. */
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly began: number;
}

/** Returns what is attached to an image as the result of its re-scan. It is later than the last one on any clock. */
export function scanResult({ report, data, earlier, version, began }: ResultInput): ScanResult {
  const findings = report.findings.map(scannedFinding).sort(inFixedOrder);
  const ended = Math.max(Date.now(), (earlier?.ended ?? 0) + 1);
  const scan: VulnerabilityScan = { version, data: dataIn(report, data), began, ended, findings };
  const isNew = canonicalJson(earlier?.content ?? null) !== canonicalJson(contentOf(scan));
  return { predicate: vulnerabilityScan(scan), isNew };
}

function contentOf(scan: VulnerabilityScan): Json {
  const { scanner } = vulnerabilityScan(scan) as { readonly scanner: { readonly result: Json } };
  return scanner.result;
}

function scannedFinding(finding: JudgedFinding): ScannedFinding {
  const { aliases, severity, component, fixedIn = '' } = finding;
  return { ...comparable(finding), aliases, severity, purls: component?.purls ?? [], fixedIn };
}

/** Reports are ordered by names of the workspace, which may change. */
function inFixedOrder(a: ScannedFinding, b: ScannedFinding): number {
  return canonicalJson({ ...a }) < canonicalJson({ ...b }) ? -1 : 1;
}

const NOTHING = { go: undefined, debian: undefined, scanner: undefined };

function dataIn({ data }: RescanReport, { go }: VulnerabilityData): VulnerabilityScan['data'] {
  const { go: modules, debian, scanner } = data.database === 'none' ? NOTHING : data;
  const parts = [
    ...(modules ? [{ text: `golang.org/x/vulndb ${modules.version}`, time: modules.time }] : []),
    ...(debian ? [{ text: `Debian ${debian.suite} of ${dayOf(debian.time)}`, time: debian.time }] : []),
    ...(scanner ? [{ text: scannerText(scanner), time: scanner.time }] : []),
  ];
  const text = parts.map((part) => part.text).join(', ');
  return { text, time: Math.max(...parts.map(({ time }) => time), parts.length === 0 ? go.time : 0) };
}

function scannerText({ name, version, digest }: UsedScanner): string {
  return `${SCANNER_NAMES[name]} ${version} with the database ${digest}`;
}
