import { join } from 'node:path';
import {
  judgeListing,
  judgeSize,
  ok,
  planChecks,
  type CheckInput,
  type CheckOutcome,
  type Image,
  type Platform,
  type Result,
  type TestReport,
} from '@image-tooling/model';
import type { MadeImage } from '../build/image';
import { recordedImage, type Use } from '../build/recorded';
import type { Session } from '../session';
import { checkInput } from './check-input';
import { homeOf } from './home';
import { removeReport, reportFolder, writeReport } from './report';
import { runSteps, type Ran } from './run-steps';
import { systemOf } from './system';

/** An image that was tried. */
export interface Tested {
  readonly report: TestReport;
  /** The folder of junit.xml and report.json, relative to the workspace. */
  readonly folder: string;
}

const TEST: Use = { verb: 'test', notForTools: 'its checks are run in the images that have it' };

/**
 * Tries an image of one platform: its own checks, those of its parents and tools, and what holds for every image.
 * What the store lacks of it is made again first, and must be what its build recorded. Succeeds where checks failed
 * too (see `passed`), with a report beside the image; fails, and leaves none, where they could not all be run:
 * with what making the image or the engine fails with, and with `aborted`.
 */
export async function testImage(session: Session, name: string, platform: Platform): Promise<Result<Tested>> {
  const removed = await removeReport(session, name, platform);
  if (!removed.ok) return removed;
  const recorded = await recordedImage(session, name, platform, TEST);
  if (!recorded.ok) return recorded;
  const { image, made } = recorded.value;
  const report = await tryImage(session, image, platform, made);
  if (!report.ok) return report;
  const folder = reportFolder(image.folder, platform);
  const written = await writeReport(join(session.root, folder), report.value);
  return written.ok ? ok({ report: report.value, folder }) : written;
}

async function tryImage(
  session: Session,
  image: Image,
  platform: Platform,
  made: MadeImage,
): Promise<Result<TestReport>> {
  const began = Date.now();
  const input = checkInput(image, platform, made);
  const plan = planChecks(input);
  if (!plan.ok) return plan;
  const engine = await session.engine();
  if (!engine.ok) return engine;
  const ran = await runSteps(session, engine.value, {
    image: image.name,
    platform,
    system: systemOf(session, made.layers),
    config: input.config,
    home: homeOf(image, input.config),
    commands: plan.value.commands,
  });
  if (!ran.ok) return ran;
  const checks = outcomes(input, ran.value);
  return ok({
    reportVersion: 1,
    image: image.name,
    platform,
    manifest: made.digests.manifest,
    engine: engine.value.name,
    isolated: ran.value.isolated,
    passed: checks.every(({ passed }) => passed),
    seconds: (Date.now() - began) / 1000,
    checks,
  });
}

function outcomes(input: CheckInput, ran: Ran): CheckOutcome[] {
  return [...ran.outcomes, ...judgeListing(input, ran.listing), judgeSize(input)];
}
