import {
  fail,
  failWith,
  indexAnnotations,
  isExpired,
  ok,
  wantedTags,
  type Image,
  type PublishReport,
  type Result,
} from '@image-tooling/model';
import type { Repository, RequestRecord } from '@image-tooling/oci';
import type { SigningSettings } from '@image-tooling/attest';
import { signingSettings } from '../attest/settings';
import { signPublished } from '../attest/sign-published';
import { signedSubjects } from '../attest/subjects';
import { imageOf } from '../build/recorded';
import { openRemote, registryAccess, withRemote } from '../registry-access';
import type { Session } from '../session';
import { blobRecords, NO_RECORDS } from '../pushed-blobs/blob-records';
import { withoutCorrupt } from './corrupt';
import { deliver } from './deliver';
import { publishLock } from '../image-repository';
import { localPlatform, PUBLISH } from './local';
import { newerCommits } from './newer-commits';
import { prepare, type Prepared } from './prepare';
import type { Publication } from './publication';
import { reportOf, writePublishReport } from './report';
import type { PublishRequest } from './request';
import { verifyAll, type Built } from './verify/full';
import { verifyPushed } from './verify/pushed';
import type { VerifyMode } from './verify/verified';

export type { PublishRequest } from './request';

/** The result of a publish. */
export interface Published {
  readonly report: PublishReport;
  /** Every request; in a dry run also those that would be made. */
  readonly requests: readonly RequestRecord[];
  /** The file of the report, relative to the workspace. */
  readonly file: string;
}

/**
 * Publishes the tested bytes of an image for all its platforms: to the registry of nx.json, under the tags
 * for its commit, branch and version. Reports every obstacle (`not-publishable`, `usage`) before the first
 * request. Also fails as `deliver` does. One publish of an image runs at a time on a machine.
 */
export async function publishImage(session: Session, request: PublishRequest): Promise<Result<Published>> {
  const image = await imageOf(session, request.name, PUBLISH);
  if (!image.ok) return image;
  const prepared = await prepare(session, image.value, request);
  if (!prepared.ok) return prepared;
  const signing = await signingOf(session, prepared.value, request);
  if (!signing.ok) return signing;
  const lock = publishLock(prepared.value.repository);
  return session.store.lock(lock, session.context, () =>
    publishPrepared(session, image.value, { ...prepared.value, signing: signing.value }, request),
  );
}

/** Returns what a publish signs with; undefined if it does not. Others than branch images are always signed. */
async function signingOf(
  session: Session,
  { mode }: Prepared,
  { unsigned }: PublishRequest,
): Promise<Result<SigningSettings | undefined>> {
  if (!unsigned || !session.options.signing) return signingSettings(session);
  if (mode.kind === 'branch') return ok(undefined);
  return fail({
    code: 'not-publishable',
    message: '--unsigned is for images of branches: "signing" in nx.json signs all others.',
    hint: 'Publish without --unsigned, with the key, or let CI publish.',
  });
}

/** What a publish has, before its first request. */
interface Ready extends Prepared {
  readonly signing: SigningSettings | undefined;
}

async function publishPrepared(
  session: Session,
  image: Image,
  prepared: Ready,
  { dryRun, verify, unsigned, isPinned = false }: PublishRequest,
): Promise<Result<Published>> {
  const began = Date.now();
  const requests: RequestRecord[] = [];
  const onRequest = (record: RequestRecord): void => void requests.push(record);
  const publication = publicationOf(session, image, prepared, { dryRun, verify, isPinned, onRequest });
  noteExpired(session, publication);
  const repository = openRemote(prepared.repository, registryAccess(session), { dryRun, onRequest });
  try {
    const delivered = await deliver(repository, publication, session.context);
    if (!delivered.ok) return failWith(await withoutCorrupt(session, delivered.failures));
    const report = reportOf(prepared, publication, delivered.value, { requests, began, unsigned });
    const file = await writePublishReport(session, image, report);
    return file.ok ? ok({ report, requests, file: file.value }) : file;
  } finally {
    await repository.close();
  }
}

/** The expiry counts from the commit, so an old commit may already be past it. */
function noteExpired({ context }: Session, { image, annotations }: Publication): void {
  if (isExpired(annotations, Date.now() / 1000))
    context.progress.note(
      `${image}: the expiry of this branch image has passed, counted from its commit: the next prune deletes it`,
    );
}

interface How {
  readonly dryRun: boolean;
  readonly verify: VerifyMode;
  readonly isPinned: boolean;
  readonly onRequest: (record: RequestRecord) => void;
}

function publicationOf(session: Session, image: Image, prepared: Ready, how: How): Publication {
  const { options, context } = session;
  const { mode, git, evidence, altered, scans, signing } = prepared;
  const built = evidence.platforms.flatMap(({ platform, manifest }): Built[] => {
    const inheritance = evidence.inheritances.get(platform);
    return manifest && inheritance ? [{ platform, manifest, inheritance }] : [];
  });
  const records = how.dryRun ? NO_RECORDS : blobRecords(session, prepared.repository);
  return {
    image: image.name,
    mode,
    wanted: wantedTags(mode, git.commit, { altered, isPinned: how.isPinned }),
    annotations: indexAnnotations({
      image: image.name,
      description: image.definition.description,
      source: options.source,
      mode,
      commit: git.commit,
      branchDays: options.branchImageDays,
    }),
    platforms: built.map(({ platform, manifest }) => ({
      platform,
      manifest,
      scanFailures: scans.get(platform) ?? [],
      local: () => localPlatform(session, { image, platform }, how),
    })),
    newerCommits: newerCommits(session, { image: image.name, commit: git.commit.id }),
    records,
    dryRun: how.dryRun,
    verify: (index, rows) =>
      withOwnClient(session, prepared, how, (repository) =>
        how.verify === 'full'
          ? verifyAll(session, { image, built, index, repository, unread: records })
          : verifyPushed(repository, index, { image: image.name, rows, unread: records, context }),
      ),
    ...(signing && {
      sign: async (repository, published) => {
        const subjects = await signedSubjects(session, { image, published, commit: git.commit.id, altered });
        if (!subjects.ok) return subjects;
        return signPublished(repository, {
          settings: signing,
          subjects: subjects.value,
          context,
          dryRun: how.dryRun,
          withOwnClient: (work) => withOwnClient(session, prepared, how, work),
        });
      },
    }),
  };
}

/** Runs `work` with a client of its own, with its own connections and login. */
function withOwnClient<T>(
  session: Session,
  { repository }: Prepared,
  { onRequest }: How,
  work: (client: Repository) => Promise<T>,
): Promise<T> {
  return withRemote(session, repository, work, { onRequest });
}
