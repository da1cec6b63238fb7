import { join } from 'node:path';
import { writeFileAtomic } from '@image-tooling/host';
import {
  contentChanges,
  ok,
  releaseNotes,
  releasesFor,
  versionBefore,
  vulnerabilityChanges,
  type Failure,
  type Image,
  type KnownVulnerability,
  type Platform,
  type PlatformNotes,
  type Result,
} from '@image-tooling/model';
import { openSigner, openVerifier, type Verifier } from '@image-tooling/attest';
import { manifestContent, type Descriptor, type ManifestBytes, type Repository } from '@image-tooling/oci';
import type { ScanFindings } from '@image-tooling/scan';
import { signingSettings } from '../attest/settings';
import { addToJobSummary } from '../job-summary';
import { readDocuments, type PublishedDocuments } from '../rescan/documents';
import { readScanFindings } from '../scan/report-files';
import type { Session } from '../session';
import { manifestsOf } from '../verify-image/published/manifests';

/**
 * Writes the notes of a release that is in the registry, compared with the highest release below it, and adds them to
 * GitHub's job page. An SBOM that can't be read is left out with a note, since it must not stop a release. Returns the
 * file, relative to the workspace. Fails as the registry does, and with `disk-full` or `io`.
 */
export async function writeNotes(
  session: Session,
  image: Image,
  repository: Repository,
  version: string,
): Promise<Result<string>> {
  const tags = await repository.listTags();
  if (!tags.ok) return tags;
  const previous = versionBefore(version, releasesFor('latest', tags.value));
  const reader = new NotesReader(session, image, repository);
  const platforms = await reader.platforms(version, previous);
  if (!platforms.ok) return platforms;
  const notes = { image: image.name, version, platforms: platforms.value };
  return written(session, image, releaseNotes({ ...notes, ...(previous !== undefined && { previous }) }));
}

async function written(session: Session, image: Image, text: string): Promise<Result<string>> {
  const file = join(image.folder, 'dist', 'release', 'notes.md');
  const done = await writeFileAtomic(join(session.root, file), text);
  if (!done.ok) return done;
  await addToJobSummary(session, text);
  return ok(file);
}

/** An image of one platform in the registry. */
interface Published {
  readonly manifest: ManifestBytes;
  readonly layers: readonly Descriptor[];
}

class NotesReader {
  private opened: Promise<Verifier | undefined> | undefined;

  constructor(
    private readonly session: Session,
    private readonly image: Image,
    private readonly repository: Repository,
  ) {}

  async platforms(version: string, previous: string | undefined): Promise<Result<PlatformNotes[]>> {
    const now = await this.published(version);
    const before =
      previous === undefined ? ok(new Map<Platform, Published>()) : await this.published(previous);
    if (!now.ok || !before.ok) return now.ok ? (before as Result<never>) : now;
    const notes: PlatformNotes[] = [];
    for (const [platform, published] of now.value)
      notes.push(await this.platformNotes(platform, published, before.value.get(platform)));
    return ok(notes);
  }

  private async published(version: string): Promise<Result<Map<Platform, Published>>> {
    const found = new Map<Platform, Published>();
    const root = await this.repository.getManifest(version);
    if (!root.ok) return root;
    const manifests = root.value ? await manifestsOf(this.repository, root.value, undefined) : ok([]);
    if (!manifests.ok) return manifests;
    for (const { name, manifest } of manifests.value) {
      const platform = this.image.definition.platforms.find((one) => one === name);
      const content = manifestContent(manifest);
      if (platform && content.ok) found.set(platform, { manifest, layers: layersIn(content.value.blobs) });
    }
    return ok(found);
  }

  private async platformNotes(
    platform: Platform,
    now: Published,
    before: Published | undefined,
  ): Promise<PlatformNotes> {
    const size = sizeOf(now);
    if (!before) return { platform, size };
    const notes = { platform, size, sizeBefore: sizeOf(before) };
    if (digestsOf(now) === digestsOf(before)) return { ...notes, hasSameLayers: true };
    const [old, own] = [await this.documents(before), await this.documents(now)];
    if (!old || !own) return notes;
    const contents = contentChanges(old.inventory, own.inventory);
    const scan = (await this.scanned(platform, now)) ?? attachedScan(own);
    const scanBefore = attachedScan(old);
    if (!scan || !scanBefore) return { ...notes, contents };
    const vulnerabilities = vulnerabilityChanges(
      { inventory: old.inventory, vulnerabilities: scanBefore },
      { inventory: own.inventory, vulnerabilities: scan },
    );
    return { ...notes, contents, vulnerabilities };
  }

  /** Returns the signed documents of an image; undefined if it has none that can be trusted and read. */
  private async documents({ manifest }: Published): Promise<PublishedDocuments | undefined> {
    const verifier = await (this.opened ??= this.verifier());
    if (!verifier) return undefined;
    const read = await readDocuments(this.repository, manifest.digest, verifier);
    if (read.ok) return read.value;
    this.note(read.failures);
    return undefined;
  }

  private async verifier(): Promise<Verifier | undefined> {
    const settings = await signingSettings(this.session);
    if (!settings.ok || !settings.value) return undefined;
    const signer = await openSigner(settings.value);
    const verifier = signer.ok ? await openVerifier(signer.value.policy) : signer;
    return verifier.ok ? verifier.value : undefined;
  }

  private note([failure]: readonly Failure[]): void {
    this.session.context.progress.note(
      `${this.image.name}: notes without contents: ${failure?.message ?? ''}`,
    );
  }

  /** The scan of the build here, if it is of this image. */
  private async scanned(
    platform: Platform,
    { manifest }: Published,
  ): Promise<KnownVulnerability[] | undefined> {
    const report = await readScanFindings(join(this.session.root, this.image.folder), platform);
    return report?.manifest === manifest.digest ? report.findings.flatMap(vulnerabilityIn) : undefined;
  }
}

function layersIn(blobs: readonly Descriptor[]): Descriptor[] {
  return blobs.filter(({ mediaType }) => !mediaType.includes('.config.'));
}

/** Returns the bytes of the compressed layers. */
function sizeOf({ layers }: Published): number {
  return layers.reduce((sum, { size }) => sum + size, 0);
}

function digestsOf({ layers }: Published): string {
  return layers.map(({ digest }) => digest).join(' ');
}

function attachedScan({ earlier }: PublishedDocuments): KnownVulnerability[] | undefined {
  return earlier?.findings.filter(({ kind }) => kind === 'vulnerability');
}

function vulnerabilityIn({
  kind,
  id,
  severity,
  component,
}: ScanFindings['findings'][number]): KnownVulnerability[] {
  if (kind !== 'vulnerability' || !component) return [];
  return [{ id, severity, component: component.name, version: component.version }];
}
