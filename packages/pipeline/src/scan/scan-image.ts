import { fail, ok, type Image, type Platform, type Result } from '@image-tooling/model';
import { loadPurls } from '@image-tooling/sbom';
import {
  scan,
  scanTable,
  type ScanPolicy,
  type ScannerResult,
  type ScanReport,
  type VulnerabilityData,
} from '@image-tooling/scan';
import { imageOf, type Use } from '../build/recorded';
import { scannerResult } from '../scanner';
import type { Session } from '../session';
import { vulnerabilityReader, type DataReader } from '../vulnerability-data';
import { noPolicy, readScanPolicy } from '../scan-policy';
import { removeScan, scanFolder, writeScan } from './report-files';
import { readSubject } from './subject';

/** The result of a scan. */
export interface Scanned {
  readonly report: ScanReport;
  /** The report as a table, and what fixes the findings. */
  readonly lines: readonly string[];
  /** The folder of the reports, relative to the workspace. */
  readonly folder: string;
}

const SCAN: Use = { verb: 'scan', notForTools: 'it is scanned in the images that have it' };

/**
 * Scans a built image of one platform by its inventory; reads only layers that were not searched for secrets before.
 * Succeeds even if findings fail it (see `passed`), with reports next to the image. Fails without reports: with `usage`
 * if the workspace has no scan.json, with `scan-invalid` if the vulnerability data can't be used, and as building does.
 */
export async function scanImage(
  session: Session,
  name: string,
  platform: Platform,
): Promise<Result<Scanned>> {
  const removed = await removeScan(session, name, platform);
  if (!removed.ok) return removed;
  const image = await imageOf(session, name, SCAN);
  if (!image.ok) return image;
  const policy = await readScanPolicy(session, image.value);
  if (!policy.ok) return policy;
  if (!policy.value) return fail(noPolicy());
  const rules = { policy: policy.value, readData: vulnerabilityReader(session) };
  return scanWith(session, image.value, platform, rules);
}

/** What findings are judged by, and looked up in. */
export interface ScanRules {
  readonly policy: ScanPolicy;
  readonly readData: DataReader;
}

/** Scans an image by rules that were already read; see `scanImage`. */
export async function scanWith(
  session: Session,
  image: Image,
  platform: Platform,
  { policy, readData }: ScanRules,
): Promise<Result<Scanned>> {
  const removed = await removeScan(session, image.name, platform);
  if (!removed.ok) return removed;
  const now = new Date();
  const { database, maxAgeDays } = policy;
  const data = database === 'none' ? ok(undefined) : await readData({ maxAgeDays, now });
  if (!data.ok) return data;
  const read = await readSubject(session, { image, platform }, data.value);
  if (!read.ok) return read;
  const { subject, matches, secrets, secretsLeftOut } = read.value;
  const scanner = policy.scanner
    ? await scannerResult(session, policy.scanner, subject, { maxAgeDays, now })
    : ok(undefined);
  if (!scanner.ok) return scanner;
  const report = scan({
    subject,
    policy,
    data: data.value,
    matches,
    scanner: scanner.value,
    secrets,
    secretsLeftOut,
    now: now.getTime() / 1000,
  });
  if (!report.ok) return report;
  const folder = scanFolder(image.folder, platform);
  const { inventory } = subject;
  const { imagePurl } = await loadPurls();
  const written = await writeScan(session, folder, report.value, {
    product: imagePurl(inventory),
    time: timeOf(data.value, scanner.value, inventory.created),
  });
  return written.ok ? ok({ report: report.value, lines: scanTable(report.value), folder }) : written;
}

/** Reports are of the time of the data, so that equal scans give equal files. */
function timeOf(
  data: VulnerabilityData | undefined,
  scanner: ScannerResult | undefined,
  created: number,
): number {
  if (!data) return created;
  return Math.max(
    data.go.time,
    scanner?.used.time ?? 0,
    ...Object.values(data.debian).map(({ time }) => time),
  );
}
