import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '@image-tooling/host';
import { LAYER_FACTS } from './layout';

/** The content of a store's folder. Not `lost+found`, which the root of a mounted disk has. */
const PARTS = [
  ...['oci-layout', 'index.json', 'blobs', 'builds', 'paths', 'inputs', 'users', 'locks', 'tmp'],
  ...['engine', 'go', 'pushed', ...LAYER_FACTS],
];

const ROOT = 0;

/** Returns the user id of this process; undefined on systems without user ids. */
export function ownUid(): number | undefined {
  return process.geteuid?.();
}

/**
 * Checks that this process's user owns the content of a store: root can read another user's store, but the unpacked
 * systems in it belong to that user's subordinate ids, and that user can't replace files of root. The folder itself
 * may belong to root, as the root of a mounted disk does. Throws a `Fault` with `store-owner`.
 */
export async function checkOwners(root: string, uid = ownUid()): Promise<void> {
  if (uid === undefined) return;
  const owners = await Promise.all(
    [root, ...PARTS.map((part) => join(root, part))].map(async (path) => ({
      path,
      owner: (await stat(path).catch(() => undefined))?.uid,
    })),
  );
  const others = owners.filter(
    ({ path, owner }) => owner !== undefined && owner !== uid && !(path === root && owner === ROOT),
  );
  const [first] = others;
  if (first) throw new Fault(foreignStore(root, uid, [first, ...others.slice(1)]));
}

interface Owned {
  readonly path: string;
  readonly owner?: number;
}

function foreignStore(root: string, uid: number, others: readonly [Owned, ...Owned[]]) {
  const [first] = others;
  const what = first.path === root ? `The store ${root}` : `${first.path} in the store`;
  const group = process.getegid?.() ?? uid;
  return {
    code: 'store-owner',
    message: `${what} belongs to user ${first.owner}, but this process runs as user ${uid}.`,
    hint:
      `Run it as the store's user, set IMAGE_STORE to a folder of your own, ` +
      `or take the store over: ${uid === ROOT ? '' : 'sudo '}chown -R ${uid}:${group} ${root}`,
    details: others.slice(1).map(({ path, owner }) => `${path}: user ${owner}`),
    place: { file: first.path },
  } as const;
}
