import { fail, ok, type Result } from '@image-tooling/model';

/** Returns the current folder. Fails with `io` if it was removed. */
export function currentFolder(host: Pick<NodeJS.Process, 'cwd'>): Result<string> {
  try {
    return ok(host.cwd());
  } catch (error) {
    return fail({
      code: 'io',
      message: `The current folder can't be used: ${(error as Error).message.split(',')[0]}.`,
      hint: 'It was removed or replaced. Change to a folder that exists.',
    });
  }
}
