import type { Client, Directory } from '@dagger.io/dagger';
import { caught } from '@image-tooling/host';
import { all, ok, type Result } from '@image-tooling/model';
import type { Mount } from '../../port';
import { madeMount, MOUNTS } from './dockerfile';
import { scriptOfFolder } from './small-mount';
import { shellWord } from '@image-tooling/model/shell-word';

/** How a step's mounts are passed to the engine. */
export type Mounts =
  | { readonly kind: 'none' | 'context' }
  /** A script creates all of them. */
  | { readonly kind: 'script'; readonly script: string };

/**
 * Returns the mounts of a step. A script creates small folders: a change in the context of a build makes the
 * engine assemble the system again, a change of a script does not. Fails with `io` if a folder can't be read.
 */
export async function mountsOf(mounts: readonly Mount[]): Promise<Result<Mounts>> {
  if (mounts.length === 0) return ok({ kind: 'none' });
  const scripts = all(await Promise.all(mounts.map(scriptOf)));
  if (!scripts.ok) return scripts;
  const parts = scripts.value.map((script, index) => {
    const folder = shellWord(`/${madeMount(String(index))}`);
    return script === undefined ? undefined : `mkdir -p ${folder}\ncd ${folder}\n${script}`;
  });
  if (parts.includes(undefined)) return ok({ kind: 'context' });
  return ok({ kind: 'script', script: ['set -e', 'umask 022', ...parts].join('\n') });
}

function scriptOf({ source }: Mount): Promise<Result<string | undefined>> {
  return caught(source, () => scriptOfFolder(source));
}

/** Returns the context with the mounts in it. A session would cache the first state of a host folder. */
export function withMounts(context: Directory, mounts: readonly Mount[], client: Client): Directory {
  return mounts.reduce(
    (all, { source }, index) =>
      all.withDirectory(`${MOUNTS}/${index}`, client.host().directory(source, { noCache: true })),
    context,
  );
}
