import { join } from 'node:path';
import { ok, type Platform, type Result, type TestReport } from '@image-tooling/model';
import { recordedImage, type Use } from '../build/recorded';
import type { Session } from '../session';
import { removeReport, reportFolder, writeReport } from './report';
import { systemOf } from './system';
import { tryImage } from './try-image';

/** The result of a test. */
export interface Tested {
  readonly report: TestReport;
  /** The folder of junit.xml and report.json, relative to the workspace. */
  readonly folder: string;
}

const TEST: Use = { verb: 'test', notForTools: 'its checks run in the images that have it' };

/**
 * Tests an image of one platform: its own checks, those of its parents and tools, and those of every image.
 * Builds again what the store lacks; the digest must be the recorded one. Succeeds even if checks failed (see
 * `passed`), with a report next to the image. Fails without a report if not all checks could run: as building
 * the image or the engine does, and with `aborted`.
 */
export async function testImage(session: Session, name: string, platform: Platform): Promise<Result<Tested>> {
  const removed = await removeReport(session, name, platform);
  if (!removed.ok) return removed;
  const recorded = await recordedImage(session, name, platform, TEST);
  if (!recorded.ok) return recorded;
  const { image, made } = recorded.value;
  const report = await tryImage(session, {
    image,
    platform,
    manifest: made.digests.manifest,
    inheritance: made.inheritance,
    system: systemOf(session.store, made.layers),
  });
  if (!report.ok) return report;
  const folder = reportFolder(image.folder, platform);
  const written = await writeReport(join(session.root, folder), report.value);
  return written.ok ? ok({ report: report.value, folder }) : written;
}
