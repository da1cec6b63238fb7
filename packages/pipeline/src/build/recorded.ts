import { join } from 'node:path';
import { fail, ok, type DigestFile, type Image, type Platform, type Result } from '@image-tooling/model';
import type { Session } from '../session';
import { outputFolder, readOutput } from '../workspace/outputs';
import type { MadeImage } from './image';

/**
 * What is handed out or tested is what the build recorded: its digest.json, which Nx may have restored. Fails with
 * `not-reproducible`.
 *
 * @param then what the user was doing, for the hint: "load", "test"
 */
export async function checkRecorded(
  session: Session,
  image: Image,
  platform: Platform,
  made: MadeImage,
  then: string,
): Promise<Result<void>> {
  const folder = outputFolder(join(session.root, image.folder), platform);
  const recorded = await readOutput<DigestFile>(folder, 'digest.json');
  if (!recorded || recorded.manifest === made.digests.manifest) return ok(undefined);
  return fail({
    code: 'not-reproducible',
    message: `"${image.name}" was put together again, and is not what its build recorded.`,
    hint: `Run "npx nx run ${image.name}:build --skip-nx-cache", then ${then} again.`,
    details: [`recorded ${recorded.manifest}`, `now      ${made.digests.manifest}`],
  });
}
