import { join } from 'node:path';
import { writeFileAtomic } from '@image-tooling/host';
import { ok, platformFolder, type Platform, type Result } from '@image-tooling/model';
import {
  openVex,
  sarifLog,
  scanFindingsSchema,
  scanHtml,
  type ScanFindings,
  type ScanReport,
  type VexOrigin,
} from '@image-tooling/scan';
import type { Session } from '../session';
import { removeEarlier } from '../workspace/earlier-results';
import { readOutput, writeOutput } from '../workspace/outputs';

/** Returns the folder of an image's scan for a platform, which Nx caches and restores. */
export function scanFolder(imageFolder: string, platform: Platform): string {
  return join(imageFolder, 'dist', 'scan', platformFolder(platform));
}

/** Removes the reports of an earlier scan as `removeEarlier` does. */
export function removeScan(session: Session, name: string, platform: Platform): Promise<Result<void>> {
  return removeEarlier(session, name, (folder) => scanFolder(folder, platform));
}

/**
 * Writes the reports, and scan.json last: if that is there, they are complete. There is a vex.json only if it has
 * something to say. Fails with `disk-full` or `io`.
 */
export async function writeScan(
  { root, options }: Session,
  folder: string,
  report: ScanReport,
  { product, time }: Pick<VexOrigin, 'product' | 'time'>,
): Promise<Result<void>> {
  const at = join(root, folder);
  const html = await writeFileAtomic(join(at, 'scan.html'), scanHtml(report));
  if (!html.ok) return html;
  const sarif = await writeOutput(at, 'scan.sarif', sarifLog(report));
  if (!sarif.ok) return sarif;
  const vex = openVex(report, { product, time, author: options.source ?? 'image-tooling' });
  const stated = vex ? await writeOutput(at, 'vex.json', vex) : ok(undefined);
  return stated.ok ? writeOutput(at, 'scan.json', report) : stated;
}

/** Returns what the last scan found; undefined without a readable report. */
export function readScanFindings(imageFolder: string, platform: Platform): Promise<ScanFindings | undefined> {
  return readOutput(scanFolder(imageFolder, platform), 'scan.json', scanFindingsSchema);
}
