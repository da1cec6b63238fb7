import { join } from 'node:path';
import { writeFileAtomic } from '@image-tooling/host';
import { junitXml, platformFolder, type Platform, type Result, type TestReport } from '@image-tooling/model';
import type { Session } from '../session';
import { removeEarlier } from '../workspace/earlier-results';
import { writeOutput } from '../workspace/outputs';

/** Returns the folder of an image's test report for a platform, which Nx caches and restores. */
export function reportFolder(imageFolder: string, platform: Platform): string {
  return join(imageFolder, 'dist', 'report', platformFolder(platform));
}

/** Removes the report of an earlier test as `removeEarlier` does. */
export function removeReport(session: Session, name: string, platform: Platform): Promise<Result<void>> {
  return removeEarlier(session, name, (folder) => reportFolder(folder, platform));
}

/**
 * Writes junit.xml, and report.json last: if that is there, the report is complete. Fails with `disk-full` or
 * `io`.
 */
export async function writeReport(folder: string, report: TestReport): Promise<Result<void>> {
  const junit = await writeFileAtomic(join(folder, 'junit.xml'), junitXml(report));
  return junit.ok ? writeOutput(folder, 'report.json', report) : junit;
}
