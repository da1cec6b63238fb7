import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { caught, renameIfThere, run, withLock } from '@image-tooling/host';
import { ok, type Result } from '@image-tooling/model';
import { GRACE_MS } from '@image-tooling/oci';
import { goPaths } from '@image-tooling/sources';
import type { StoreRun } from './run';

/** Returns Go's caches in the store: compiled packages, modules, toolchains, the vulnerability database. */
export async function goFolders({ store }: Pick<StoreRun, 'store'>): Promise<string[]> {
  const { build, modules, toolchains, vulnerabilities } = goPaths(store.root);
  const found = await Promise.all(
    [build, modules, toolchains, vulnerabilities].map(async (folder) =>
      (await stat(folder).catch(() => undefined)) ? [folder] : [],
    ),
  );
  return found.flat();
}

/** Returns whether a Go command may be running, by its folder of temporary files. */
export async function isGoBusy({ store }: StoreRun): Promise<boolean> {
  const { temporary } = goPaths(store.root);
  const names = await readdir(temporary).catch((): string[] => []);
  const found = await Promise.all(names.map((name) => stat(join(temporary, name)).catch(() => undefined)));
  return found.some((entry) => entry !== undefined && Date.now() - entry.mtimeMs < GRACE_MS);
}

/** Removes Go's caches while no compile is under way. Fails with `io` or `aborted`. */
export async function removeGo(of: StoreRun): Promise<Result<void>> {
  const { compileLock, toolchainLock } = goPaths(of.store.root);
  const { signal } = of.context;
  return withLock(compileLock, signal, () =>
    withLock(toolchainLock, signal, async () => {
      for (const folder of await goFolders(of)) {
        const removed = await removeReadOnly(folder, of);
        if (!removed.ok) return removed;
      }
      return ok(undefined);
    }),
  );
}

/**
 * Go writes modules read-only. The folder is renamed first, so that an interrupted removal leaves no partial
 * cache.
 */
async function removeReadOnly(folder: string, { store, context }: StoreRun): Promise<Result<void>> {
  const aside = await store.tempDir('go');
  if (!aside.ok) return aside;
  const renamed = await caught(folder, () => renameIfThere(folder, join(aside.value, 'old')));
  if (!renamed.ok) return renamed;
  const { signal } = context;
  const opened = await run({ argv: ['chmod', '-R', 'u+w', '--', aside.value], signal });
  if (!opened.ok) return opened;
  return caught(aside.value, () => rm(aside.value, { recursive: true, force: true }));
}
