import { join } from 'node:path';
import { discard } from '@image-tooling/host';
import {
  all,
  archOf,
  chainOf,
  fail,
  lockedPackages,
  ok,
  type Failure,
  type Image,
  type LockedDeb,
  type Platform,
  type Result,
} from '@image-tooling/model';
import { readDeb, unlistedDebs, type ArchiveState } from '@image-tooling/sources';
import { fetchLockedDebs } from '../build/layers/debs';
import type { Session } from '../session';

/** Returns the image below `image` whose lock installs a package. */
export function ownerBelow({ parent }: Image, platform: Platform, name: string): string | undefined {
  const chain = parent ? chainOf(parent) : [];
  return chain.find(({ lock }) =>
    lockedPackages(lock?.value.platforms[platform]).some((deb) => deb.name === name),
  )?.name;
}

/**
 * Reads control files, by sha256 of the package, of inherited packages that the archive no longer lists.
 * Fails as `fetchDebs` does.
 */
export async function controlsBelow(
  session: Session,
  { parent }: Image,
  platform: Platform,
  state: ArchiveState,
): Promise<Result<Map<string, string>>> {
  const controls = new Map<string, string>();
  const failures: Failure[] = [];
  for (const { name, lock } of parent ? chainOf(parent) : []) {
    const locked = lock?.value.platforms[platform];
    const debs = unlistedDebs(lockedPackages(locked), state.packages(archOf(platform)));
    const read = await readControls(session, { owner: name, time: locked?.time ?? 0 }, debs);
    if (read.ok) read.value.forEach(([sha256, control]) => controls.set(sha256, control));
    else failures.push(...read.failures.map((failure) => withFamily(failure, name)));
  }
  const [first, ...rest] = failures;
  return first ? fail(first, ...rest) : ok(controls);
}

async function readControls(
  session: Session,
  of: { readonly owner: string; readonly time: number },
  debs: readonly LockedDeb[],
): Promise<Result<[string, string][]>> {
  const fetched = await fetchLockedDebs(session, of, debs);
  if (!fetched.ok || fetched.value.length === 0) return fetched.ok ? ok([]) : fetched;
  const folder = await session.store.tempDir('controls');
  if (!folder.ok) return folder;
  try {
    const read = fetched.value.map(
      async ({ file, name, version, sha256 }): Promise<Result<[string, string]>> => {
        const plainTo = join(folder.value, sha256);
        const deb = await readDeb({ file, name: `${name} ${version}`, plainTo, sha256 });
        return deb.ok ? ok([sha256, deb.value.controlText]) : deb;
      },
    );
    return all(await Promise.all(read));
  } finally {
    await discard(folder.value);
  }
}

function withFamily(failure: Failure, owner: string): Failure {
  if (failure.code !== 'gone') return failure;
  return {
    ...failure,
    hint: `Lock "${owner}" and all images based on it again (npx nx run ${owner}:lock --family), or configure a mirror that still has this version.`,
  };
}
