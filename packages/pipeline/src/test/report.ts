import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { caught, writeFileAtomic } from '@image-tooling/host';
import {
  junitXml,
  ok,
  platformFolder,
  type Platform,
  type Result,
  type TestReport,
} from '@image-tooling/model';
import type { Session } from '../session';
import { writeOutput } from '../workspace/outputs';

/** Returns the folder of an image's test report for a platform, which Nx caches and restores. */
export function reportFolder(imageFolder: string, platform: Platform): string {
  return join(imageFolder, 'dist', 'report', platformFolder(platform));
}

/**
 * Removes the report of an earlier run before this one can fail, so that no outdated report is left. Does
 * nothing for an invalid name. Fails with `io`.
 */
export async function removeReport(
  { root, options }: Session,
  name: string,
  platform: Platform,
): Promise<Result<void>> {
  if (name === '..' || /[/\\]/.test(name)) return ok(undefined);
  const folder = reportFolder(join(root, options.imagesDir, name), platform);
  return caught(folder, () => rm(folder, { recursive: true, force: true }));
}

/**
 * Writes junit.xml, and report.json last: if that is there, the report is complete. Fails with `disk-full` or
 * `io`.
 */
export async function writeReport(folder: string, report: TestReport): Promise<Result<void>> {
  const junit = await writeFileAtomic(join(folder, 'junit.xml'), junitXml(report));
  return junit.ok ? writeOutput(folder, 'report.json', report) : junit;
}
