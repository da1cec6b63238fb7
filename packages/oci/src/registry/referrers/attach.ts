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

/** Attaches an artifact to a manifest; writes nothing where it is attached already. Throws a `Fault`. */
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
 * Sees to it that a manifest that was put is listed where it has a subject: a registry that does not say that it does
 * so itself (OCI-Subject) gets the fallback tag, and so does one that says so but does not. Throws a `Fault`.
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
