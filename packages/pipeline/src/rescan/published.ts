import { isVersionTag, ok, type Digest, type Failure, type Result } from '@image-tooling/model';
import { mapResults, type ManifestBytes, type Repository } from '@image-tooling/oci';
import { isOfAttachment } from '../attest/attached';
import { manifestsOf, type NamedManifest } from '../verify-image/published/manifests';

/** A published manifest of one platform. */
export interface PublishedManifest extends NamedManifest {
  /** That lead to it; releases first, `main` and `latest` last. */
  readonly tags: readonly string[];
}

/** What a repository has, and what of it could not be read. */
export interface PublishedManifests {
  readonly manifests: readonly PublishedManifest[];
  readonly failures: readonly Failure[];
}

const MOVING = ['main', 'latest'];

/** Parallel requests. */
const AT_ONCE = 8;

/**
 * Returns the manifests that tags of a repository lead to, each once. An image of which something is missing is
 * reported, and the others are read. Fails as the repository does.
 *
 * @param wanted default: all releases, `main` and `latest`
 */
export async function publishedManifests(
  repository: Repository,
  wanted: readonly string[] | undefined,
): Promise<Result<PublishedManifests>> {
  const listed = await repository.listTags();
  if (!listed.ok) return listed;
  const isWanted = (tag: string): boolean =>
    wanted ? wanted.includes(tag) : isVersionTag(tag) || MOVING.includes(tag);
  const tags = listed.value.filter(isWanted).sort(releasesFirst);
  const roots = await mapResults(tags, async (tag) => rootOf(repository, tag), AT_ONCE);
  if (!roots.ok) return roots;
  const found = new Map<Digest, PublishedManifest>();
  const failures: Failure[] = [];
  for (const [digest, { manifest, tags: ofRoot }] of byDigest(roots.value.flat())) {
    const named = await manifestsOf(repository, manifest, undefined);
    if (!named.ok && !named.failures.every(isOfAttachment)) return named;
    if (named.ok) add(found, named.value, ofRoot);
    else failures.push(...named.failures.map((failure) => about(failure, ofRoot, digest)));
  }
  return ok({ manifests: [...found.values()], failures });
}

interface Root {
  readonly manifest: ManifestBytes;
  readonly tags: readonly string[];
}

async function rootOf(repository: Repository, tag: string): Promise<Result<Root[]>> {
  const manifest = await repository.getManifest(tag);
  if (!manifest.ok) return manifest;
  return ok(manifest.value ? [{ manifest: manifest.value, tags: [tag] }] : []);
}

function byDigest(roots: readonly Root[]): Map<Digest, Root> {
  const found = new Map<Digest, Root>();
  for (const { manifest, tags } of roots) {
    const before = found.get(manifest.digest)?.tags ?? [];
    found.set(manifest.digest, { manifest, tags: [...before, ...tags] });
  }
  return found;
}

function add(
  found: Map<Digest, PublishedManifest>,
  named: readonly NamedManifest[],
  tags: readonly string[],
): void {
  for (const one of named.filter(({ name }) => name !== 'index')) {
    const before = found.get(one.manifest.digest)?.tags ?? [];
    found.set(one.manifest.digest, { ...one, tags: [...before, ...tags] });
  }
}

function about(failure: Failure, tags: readonly string[], digest: Digest): Failure {
  return { ...failure, message: `${tags.join(', ')} (${digest}): ${failure.message}` };
}

function releasesFirst(a: string, b: string): number {
  return MOVING.indexOf(a) - MOVING.indexOf(b) || b.localeCompare(a, 'en', { numeric: true });
}
