import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Failure, Result } from '@image-tooling/model';
import { failuresOf, temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { openStore, type Store } from '../src/index';

export async function temporaryStore(): Promise<Store> {
  return valueOf(await openStore(join(temporaryFolder(), 'store')));
}

export function firstFailure(result: Result<unknown>): Failure {
  return failuresOf(result)[0];
}

/** A disk of 4 MB; undefined where it can't be mounted. */
export function mountTmpfs(): string | undefined {
  const folder = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder], { stdio: 'pipe' });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync('umount', [folder]));
  return folder;
}
