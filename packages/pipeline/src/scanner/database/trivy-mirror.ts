import { fail, ok, type Result, type ScannerDatabase } from '@image-tooling/model';
import { manifestContent, openLayoutFolder, type Descriptor, type Repository } from '@image-tooling/oci';
import type { ScannerLock } from '@image-tooling/scan';
import { inBaseRepository } from '../../build/base/repository';
import { parsePlace, placeText, type Place } from '../../registry/place';
import type { Session } from '../../session';
import type { DatabaseMirror } from './mirror';
import { trivyMetadata } from './trivy-metadata';
import { withUnpacked } from './unpack';

/** The only layer of the artifact (aquasecurity/trivy, pkg/db, dbMediaType). */
const LAYER_TYPE = 'application/vnd.aquasec.trivy.db.layer.v1.tar+gzip';

/** Trivy's databases are OCI artifacts with one layer, db.tar.gz: in a registry, or in the folder of an OCI layout. */
export const trivyMirror: DatabaseMirror = { newest, pull };

async function newest(session: Session, { scanner, mirror }: ScannerDatabase): Promise<Result<ScannerLock>> {
  const pulled = await inMirror(session, mirror, async (repository, place) => {
    const layer = await databaseLayer(repository, place);
    if (!layer.ok) return layer;
    const put = await repository.pullBlob(layer.value, session.store);
    return put.ok ? layer : put;
  });
  if (!pulled.ok) return pulled;
  const { digest, size } = pulled.value;
  const metadata = await withUnpacked(session, { scanner, digest }, trivyMetadata);
  return metadata.ok ? ok({ scanner, mirror, digest, size, ...metadata.value }) : metadata;
}

function pull(session: Session, { mirror, digest, size }: ScannerLock): Promise<Result<void>> {
  return inMirror(session, mirror, (repository) => repository.pullBlob({ digest, size }, session.store));
}

async function inMirror<T>(
  session: Session,
  mirror: string,
  work: (repository: Repository, place: Place) => Promise<Result<T>>,
): Promise<Result<T>> {
  const place = parsePlace(mirror, session.root);
  if (!place.ok) return place;
  const found = place.value;
  if (found.kind === 'registry') return inBaseRepository(session, found, (opened) => work(opened, found));
  const folder = openLayoutFolder(found.path);
  try {
    return await work(folder, found);
  } finally {
    await folder.close();
  }
}

async function databaseLayer(repository: Repository, place: Place): Promise<Result<Descriptor>> {
  const manifest = await repository.getManifest(place.digest ?? place.tag ?? 'latest');
  if (!manifest.ok) return manifest;
  if (!manifest.value) return noDatabase(place, 'it has no such artifact');
  const content = manifestContent(manifest.value);
  if (!content.ok) return content;
  const layers = content.value.blobs.filter(({ mediaType }) => mediaType === LAYER_TYPE);
  const [layer] = layers;
  return layer && layers.length === 1
    ? ok(layer)
    : noDatabase(place, `it has no layer of the type ${LAYER_TYPE}`);
}

function noDatabase(place: Place, why: string): Result<never> {
  return fail({
    code: 'scan-invalid',
    message: `${placeText(place)} has no database of Trivy: ${why}.`,
    hint: 'Correct "mirror" in scan.json: an OCI artifact as ghcr.io/aquasecurity/trivy-db:2, or a copy of it.',
  });
}
