import { fail, ok, type Failed, type Result } from '@image-tooling/model';
import type { PathIndex } from '@image-tooling/layer';
import { readLayerFiles, type Store } from '@image-tooling/oci';
import type { ExplainableLayer } from './layers';

/** A Debian package that lists a path. */
export interface Listing {
  readonly name: string;
  readonly version?: string;
}

/** Packages by path, and all that is in the layer. */
export interface Listings {
  readonly listings: ReadonlyMap<string, readonly Listing[]>;
  readonly paths: PathIndex;
}

const LISTS = 'var/lib/dpkg/info/';
const LIST_END = '.list';
const STATUS = 'var/lib/dpkg/status';

/**
 * Returns the packages that list paths, from dpkg's records in the layer itself (dpkg(1), "FILES":
 * `<package>.list`, `status`). Paths are byte strings. Reads the whole layer, and hashes it. Fails with
 * `store-corrupt`, also if the store lacks the blob.
 */
export async function packagesOf(
  store: Store,
  layer: ExplainableLayer,
  paths: readonly string[],
): Promise<Result<Listings>> {
  if (!(await store.hasBlob(layer.digest))) return lost(store, layer);
  const read = await readLayerFiles(layer, store, (path) => isList(path) || path === STATUS);
  if (!read.ok) return corrupt(store, layer, read);
  const { files } = read.value;
  const versions = versionsIn(files.get(STATUS)?.toString('latin1') ?? '');
  const lists = [...files].filter(([path]) => isList(path));
  const named = lists.map(([path, content]) => ({
    name: path.slice(LISTS.length, -LIST_END.length),
    lines: new Set(content.toString('latin1').split('\n')),
  }));
  const listings = paths.map((path): [string, Listing[]] => [
    path,
    named
      .filter(({ lines }) => namesOf(path).some((name) => lines.has(name)))
      .map(({ name }) => listing(name, versions)),
  ]);
  return ok({ listings: new Map(listings), paths: read.value.paths });
}

function isList(path: string): boolean {
  return path.startsWith(LISTS) && path.endsWith(LIST_END);
}

/** `libc6:amd64` for packages of several architectures, else `jq`. */
function listing(list: string, versions: ReadonlyMap<string, string>): Listing {
  const name = list.split(':')[0] ?? list;
  const version = versions.get(name);
  return { name, ...(version !== undefined && { version }) };
}

/** A package may list a path as it was before /usr was merged. */
function namesOf(path: string): string[] {
  const old = /^usr\/(?:bin|sbin|lib|lib32|lib64|libx32)(?:\/|$)/.test(path)
    ? [path.slice('usr/'.length)]
    : [];
  return [path, ...old].map((name) => `/${name}`);
}

function versionsIn(status: string): Map<string, string> {
  const field = (block: string, name: string): string | undefined =>
    new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
  return new Map(
    status.split('\n\n').flatMap((block): [string, string][] => {
      const [name, version] = [field(block, 'Package'), field(block, 'Version')];
      return name === undefined || version === undefined ? [] : [[name, version]];
    }),
  );
}

function lost(store: Store, { owner, kind, digest }: ExplainableLayer): Failed {
  return fail({
    code: 'store-corrupt',
    message: `The store no longer has the blob of the ${kind} layer of ${owner}, which has the packages of its paths.`,
    hint: `Run "npx nx run ${owner}:load": it pulls the layer, or builds it again.`,
    place: { file: store.blobPath(digest) },
  });
}

/** Reports an altered blob as altered, whatever error reading it gave. */
async function corrupt(store: Store, { digest }: ExplainableLayer, read: Failed): Promise<Failed> {
  const verified = await store.verifyBlob(digest);
  return verified.ok ? read : verified;
}
