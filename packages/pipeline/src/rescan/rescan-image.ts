import { failWith, ok, type Failure, type Result } from '@image-tooling/model';
import type { SigningSettings } from '@image-tooling/attest';
import { descriptorOf, mapResults, type Repository, type RepositoryName } from '@image-tooling/oci';
import { signPublished } from '../attest/sign-published';
import { publishLock } from '../image-repository';
import { withRemote } from '../registry-access';
import type { Session } from '../session';
import { publishedManifests, type PublishedManifest } from './published';
import type { RescannedDigest } from './request';
import { isOfDigest, rescanDigest, type DigestResult, type RescanSubject } from './rescan-digest';

/** The result of re-scanning one image. */
export interface ImageRescan {
  readonly images: readonly RescannedDigest[];
  readonly failures: readonly Failure[];
  /** Whether the registry has one of the wanted tags. */
  readonly isPublished: boolean;
}

interface ImageRequest {
  readonly repository: RepositoryName;
  readonly subject: RescanSubject;
  readonly tags: readonly string[] | undefined;
  /** Undefined: attach nothing. */
  readonly signing: SigningSettings | undefined;
}

/**
 * Re-scans the published digests of an image, and attaches results that differ from the last ones. What can't be
 * re-scanned is reported, and the others go on.
 */
export async function rescanImage(session: Session, request: ImageRequest): Promise<ImageRescan> {
  const step = session.context.progress.step(`${request.subject.image.name}: re-scan`);
  const done = await withRemote(session, request.repository, async (client) => {
    const found = await publishedManifests(client, request.tags);
    if (!found.ok) return { images: [], failures: found.failures, isPublished: true };
    const { manifests } = found.value;
    const { results, failures } = await resultsOf(session, client, manifests, request.subject);
    const attached = await attach(session, client, results, request);
    const all = [...found.value.failures, ...failures, ...(attached.ok ? [] : attached.failures)];
    const isPublished = manifests.length > 0 || all.length > 0;
    return { images: results.map((one) => withState(one, request, attached.ok)), failures: all, isPublished };
  });
  if (done.failures.length === 0) step.done({ origin: 'ran' });
  else step.failed();
  return done;
}

/** A registry that is down is asked no more; other failures are of one digest. */
async function resultsOf(
  session: Session,
  client: Repository,
  manifests: readonly PublishedManifest[],
  subject: RescanSubject,
): Promise<{ readonly results: readonly DigestResult[]; readonly failures: readonly Failure[] }> {
  const failures: Failure[] = [];
  const results = new Map<number, DigestResult>();
  const all = await mapResults([...manifests.entries()], async ([at, one]): Promise<Result<void>> => {
    const result = await rescanDigest(session, client, one, subject);
    if (result.ok) results.set(at, result.value);
    else if (result.failures.every(isOfDigest)) failures.push(...result.failures);
    else return result;
    return ok(undefined);
  });
  if (!all.ok) failures.push(...all.failures);
  return { results: [...results].sort(([a], [b]) => a - b).map(([, one]) => one), failures };
}

/** Under the lock of publishes: two that attach at once would each attach the same result. */
async function attach(
  session: Session,
  client: Repository,
  results: readonly DigestResult[],
  { signing, repository }: ImageRequest,
): Promise<Result<void>> {
  const changed = results.filter(({ predicate }) => predicate !== undefined);
  if (!signing || changed.length === 0) return ok(undefined);
  const { store, context } = session;
  return store.lock(publishLock(repository), context, async () => {
    const signed = await signPublished(client, {
      settings: signing,
      subjects: changed.map(subjectOf),
      context,
      dryRun: false,
      withOwnClient: (work) => withRemote(session, repository, work),
    });
    return signed.ok ? ok(undefined) : failWith(signed.failures);
  });
}

function subjectOf({ published, rescanned, predicate }: DigestResult) {
  return {
    descriptor: descriptorOf(published.manifest),
    label: `the scan of ${rescanned.tags[0] ?? rescanned.digest} ${published.name}`,
    statementsOnly: true,
    statements: [{ kind: 'scan', rule: 'newest', predicate: async () => ok(predicate ?? null) }],
  } as const;
}

function withState(
  { rescanned, predicate }: DigestResult,
  { signing }: ImageRequest,
  isWritten: boolean,
): RescannedDigest {
  const written = isWritten ? 'written' : 'failed';
  return { ...rescanned, attached: predicate === undefined ? 'unchanged' : signing ? written : 'dry-run' };
}
