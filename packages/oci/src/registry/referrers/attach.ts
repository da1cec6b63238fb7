import type { Descriptor } from '../../image/manifest';
import { pushBlob } from '../blobs/push';
import type { Context } from '../context';
import { descriptorOf, headManifest } from '../manifests/read';
import { writeManifest, type PutAnswer } from '../manifests/write';
import type { Artifact, ManifestBytes } from '../port';
import { buildArtifact } from './artifact';
import { enterIntoFallback } from './fallback';
import { apiReferrers, listReferrers } from './list';
import { subjectLink, type SubjectLink } from './subject';

/** Attaches an artifact to a manifest; writes nothing if it is attached already. Throws a `Fault`. */
export async function attach(context: Context, subject: Descriptor, artifact: Artifact): Promise<Descriptor> {
  const { manifest, blobs } = buildArtifact(subject, artifact);
  const descriptor = descriptorOf(manifest);
  const listed = (await listReferrers(context, subject.digest)).some(
    ({ digest }) => digest === manifest.digest,
  );
  if (listed && (await headManifest(context, manifest.digest))) return descriptor;
  for (const blob of blobs) await pushBlob(context, blob, {});
  await listAsReferrer(context, manifest, await writeManifest(context, manifest, undefined));
  return descriptor;
}

/**
 * Makes sure that a manifest with a subject is listed: writes the fallback tag if the registry does not report
 * (OCI-Subject) that it lists the manifest, or reports it but does not. Throws a `Fault`.
 */
export async function listAsReferrer(
  context: Context,
  manifest: ManifestBytes,
  answer: PutAnswer,
): Promise<void> {
  const link = subjectLink(manifest);
  if (!link) return;
  if (answer.subject === link.subject && (await isListed(context, link))) return;
  await enterIntoFallback(context, link);
}

async function isListed(context: Context, { subject, referrer }: SubjectLink): Promise<boolean> {
  const listed = await apiReferrers(context, subject);
  return listed?.some(({ digest }) => digest === referrer.digest) === true;
}
