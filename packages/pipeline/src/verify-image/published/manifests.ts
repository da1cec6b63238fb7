import {
  fail,
  jsonObject,
  ok,
  PLATFORMS,
  type Digest,
  type Platform,
  type Result,
} from '@image-tooling/model';
import { isIndexType, manifestContent, type ManifestBytes, type Repository } from '@image-tooling/oci';

/** A manifest to verify. */
export interface NamedManifest {
  readonly manifest: ManifestBytes;
  /** "index", the platform, or "image" for a manifest that no index led to. */
  readonly name: string;
}

/**
 * Returns the manifests of an image: an index and its platforms, or one platform. Fails with `gone` if the registry
 * lacks one, with `platform` if the image is not for the wanted platform.
 */
export async function manifestsOf(
  repository: Repository,
  root: ManifestBytes,
  wanted: Platform | undefined,
): Promise<Result<NamedManifest[]>> {
  const readable = manifestContent(root);
  if (!readable.ok) return readable;
  if (!isIndexType(root.mediaType)) return ok([{ manifest: root, name: 'image' }]);
  const rows = platformRows(root).filter(({ platform }) => wanted === undefined || platform === wanted);
  if (rows.length === 0)
    return fail({
      code: 'platform',
      message: `The image is not for ${wanted ?? 'a supported platform'}.`,
      hint: `It is for: ${platformRows(root)
        .map(({ platform }) => platform)
        .join(', ')}.`,
    });
  const found: NamedManifest[] = [{ manifest: root, name: 'index' }];
  for (const { digest, platform } of rows) {
    const manifest = await needed(repository, digest);
    if (!manifest.ok) return manifest;
    found.push({ manifest: manifest.value, name: platform });
  }
  return ok(found);
}

/** Returns a manifest. Fails with `gone`. */
async function needed(repository: Repository, digest: Digest): Promise<Result<ManifestBytes>> {
  const found = await repository.getManifest(digest);
  if (!found.ok) return found;
  if (found.value) return ok(found.value);
  return fail({
    code: 'gone',
    message: `The manifest ${digest} is missing.`,
    hint: 'Copy the image again, with all its platforms.',
  });
}

interface PlatformRow {
  readonly digest: Digest;
  readonly platform: Platform;
}

/** Rows of other platforms, such as BuildKit's attestations, are ignored. */
function platformRows({ bytes }: ManifestBytes): PlatformRow[] {
  const manifests = jsonObject(bytes)?.['manifests'];
  const rows = Array.isArray(manifests) ? (manifests as IndexRow[]) : [];
  return rows.flatMap((row) => {
    const { os, architecture } = row?.platform ?? {};
    const platform = PLATFORMS.find((one) => one === `${String(os)}/${String(architecture)}`);
    return platform && row?.digest ? [{ digest: row.digest, platform }] : [];
  });
}

type IndexRow = {
  readonly digest?: Digest;
  readonly platform?: { readonly os?: unknown; readonly architecture?: unknown };
} | null;
