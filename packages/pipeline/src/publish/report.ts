import { join } from 'node:path';
import {
  EXPIRES_ANNOTATION,
  ok,
  publishSummary,
  type Image,
  type PublishReport,
  type Result,
} from '@image-tooling/model';
import { repositoryText, type RequestRecord } from '@image-tooling/oci';
import { addToJobSummary } from '../job-summary';
import type { Session } from '../session';
import { writeOutput } from '../workspace/outputs';
import type { Delivered } from './deliver';
import type { Prepared } from './prepare';
import type { Publication } from './publication';

/** How a publish went, in addition to what it delivered. */
export interface Course {
  readonly requests: readonly RequestRecord[];
  /** Milliseconds since the epoch. */
  readonly began: number;
  /** The flag `--unsigned`. */
  readonly unsigned: boolean;
}

export function reportOf(
  { repository, mode, git }: Prepared,
  { image, platforms, annotations, dryRun }: Publication,
  { index, blobs, tags, unchanged, readBack, checkedAgain, signed }: Delivered,
  { requests, began, unsigned }: Course,
): PublishReport {
  const expires = annotations[EXPIRES_ANNOTATION];
  return {
    publishVersion: 1,
    image,
    repository: repositoryText(repository),
    mode,
    commit: git.commit.id,
    index: index.digest,
    platforms: platforms.map(({ platform, manifest }) => ({ platform, manifest })),
    unchanged,
    dryRun,
    blobs,
    tags,
    requests: requests.length,
    sentBytes: requests.reduce((sum, { sentBytes }) => sum + sentBytes, 0),
    seconds: (Date.now() - began) / 1000,
    readBack,
    checkedAgain,
    ...(expires !== undefined && { expires }),
    ...(signed && { signed }),
    ...(unsigned && { unsigned }),
  };
}

/**
 * Writes a report next to the image, and to GitHub's job page if GITHUB_STEP_SUMMARY is set. Returns the
 * report's path, relative to the workspace. A summary that can't be written is only a warning: the image is
 * published. Fails with `disk-full` or `io`.
 */
export async function writePublishReport(
  session: Session,
  image: Image,
  report: PublishReport,
): Promise<Result<string>> {
  const folder = join(image.folder, 'dist', 'publish');
  // A dry run does not overwrite the report of a publish.
  const name = report.dryRun ? 'dry-run.json' : 'publish.json';
  const written = await writeOutput(join(session.root, folder), name, report);
  if (!written.ok) return written;
  await addToJobSummary(session, publishSummary(report));
  return ok(join(folder, name));
}
