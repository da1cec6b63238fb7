import { stat } from 'node:fs/promises';
import { fail, ok, type Result } from '@image-tooling/model';

/** Checks that TMPDIR, which programs and engines write to, is a folder if it is set. Fails with `usage`. */
export async function checkTemporaryFolder({ TMPDIR = '' }: NodeJS.ProcessEnv): Promise<Result<void>> {
  const found = TMPDIR === '' ? undefined : await stat(TMPDIR).catch(() => undefined);
  if (TMPDIR === '' || found?.isDirectory()) return ok(undefined);
  return fail({
    code: 'usage',
    message: `TMPDIR is "${TMPDIR}", which is not a folder.`,
    hint: 'Make it, or unset TMPDIR.',
  });
}
