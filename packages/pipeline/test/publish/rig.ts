import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  failWith,
  indexAnnotations,
  ok,
  wantedTags,
  type Commit,
  type Digest,
  type Failure,
  type Json,
  type Platform,
  type Progress,
  type PublishMode,
  type Result,
  type RunContext,
} from '@image-tooling/model';
import {
  openRepository,
  openStore,
  parseRepository,
  pullImage,
  type OpenRepository,
  type Repository,
  type RequestRecord,
  type Store,
} from '@image-tooling/oci';
import { SILENT, valueOf } from '@image-tooling/testkit/helpers';
import type { SigningSettings } from '@image-tooling/attest';
import { signPublished } from '../../src/attest/sign-published';
import { blobRecords, NO_RECORDS } from '../../src/pushed-blobs/blob-records';
import { deliver, type Delivered } from '../../src/publish/deliver';
import type { LocalPlatform, Publication } from '../../src/publish/publication';
import { verifyPushed } from '../../src/publish/verify/pushed';
import type { Verified, VerifyMode } from '../../src/publish/verify/verified';
import { attestedSubjects } from './attested-subjects';
import { generatedPlatform } from './generated-platform';

/** All inputs of a publish of a generated image, as plain data, so that another process can read it. */
export interface PublishPlan {
  readonly image: string;
  /** `host:port/path` */
  readonly repository: string;
  /** Folder of the store that holds the image. */
  readonly store: string;
  readonly mode: PublishMode;
  readonly commit: Commit;
  /** Of each platform, the seeds of its layers: equal seeds are equal bytes. */
  readonly layers: Readonly<Partial<Record<Platform, readonly string[]>>>;
  /** Bytes of each layer. */
  readonly layerSize: number;
  /** Commits of main after this one, the newest first. Default: none. */
  readonly newer?: readonly string[];
  readonly mountFrom?: readonly string[];
  readonly dryRun?: boolean;
  /** Default: images are not signed. */
  readonly signing?: SigningSettings;
  /** Content of the SBOM that is attached to signed images. */
  readonly sbom?: Json;
  /** Why the scans of platforms fail. Default: they pass. */
  readonly scanFailures?: Readonly<Partial<Record<Platform, readonly Failure[]>>>;
  /** Default: pushed. */
  readonly verify?: VerifyMode;
  /** Of each request; default: as everywhere. */
  readonly tries?: number;
  readonly env?: NodeJS.ProcessEnv;
}

export const COMMIT: Commit = { id: 'c0ffee'.repeat(6) + 'c0ff', time: 1_700_000_000 };

/** Returns a release of two platforms that share a layer. */
export function releasePlan(
  repository: string,
  store: string,
  version = '1.2.3',
  changed: Partial<PublishPlan> = {},
): PublishPlan {
  return {
    image: 'demo',
    repository,
    store,
    mode: { kind: 'release', version },
    commit: COMMIT,
    layers: {
      'linux/amd64': ['system', 'kubectl', 'help'],
      'linux/arm64': ['system-arm', 'kubectl-arm', 'help'],
    },
    layerSize: 200_000,
    ...changed,
  };
}

/** A delivery, its notes and requests. */
export interface Delivery {
  readonly result: Result<Delivered>;
  readonly requests: readonly RequestRecord[];
  readonly notes: readonly string[];
  /** How often git's remote was asked for newer commits. */
  readonly asked: number;
}

/**
 * Runs the real delivery of a plan, with records in its store, and checked by a client of its own; only the
 * engine is left out.
 */
export async function runDelivery(
  plan: PublishPlan,
  signal = new AbortController().signal,
): Promise<Delivery> {
  const store = valueOf(await openStore(plan.store));
  const requests: RequestRecord[] = [];
  const notes: string[] = [];
  const progress: Progress = { ...SILENT, note: (line) => void notes.push(line) };
  const context: RunContext = { signal, progress };
  const open = () =>
    openRepository(valueOf(parseRepository(plan.repository)), options(plan, context, requests));
  const repository = open();
  try {
    const publication = await publicationOf(plan, { store, context }, open);
    let asked = 0;
    const newerCommits = (): ReturnType<Publication['newerCommits']> => {
      asked += 1;
      return publication.newerCommits();
    };
    const result = await deliver(repository, { ...publication, newerCommits }, context);
    return { result, requests, notes, asked };
  } finally {
    await repository.close();
  }
}

function options(
  { env = {}, dryRun = false, tries }: PublishPlan,
  { signal, progress }: RunContext,
  requests: RequestRecord[],
) {
  return {
    env: { HOME: '/nonexistent', ...env },
    signal,
    dryRun,
    // The default number of attempts, in a hundredth of the time.
    timings: { ...FAST, ...(tries !== undefined && { tries }) },
    note: (line: string) => progress.note(line),
    onRequest: (record: RequestRecord) => void requests.push(record),
  };
}

/** Time limits and pauses in seconds: the default number of attempts, with very short waits. */
const FAST = {
  connectSeconds: 2,
  readAnswerSeconds: 2.7,
  writeAnswerSeconds: 2,
  stallSeconds: 0.7,
  slowSeconds: 0.5,
  backoffSeconds: 0.05,
  shortestWaitSeconds: 0.05,
  longestWaitSeconds: 0.5,
};

async function publicationOf(
  plan: PublishPlan,
  session: { readonly store: Store; readonly context: RunContext },
  open: () => OpenRepository,
): Promise<Publication> {
  const { image, mode, commit, dryRun = false, mountFrom = [] } = plan;
  const { store, context } = session;
  const records = dryRun ? NO_RECORDS : blobRecords(session, valueOf(parseRepository(plan.repository)));
  const locals = new Map<Platform, LocalPlatform>();
  for (const [platform, seeds] of Object.entries(plan.layers) as [Platform, readonly string[]][])
    locals.set(platform, await generatedPlatform(platform, seeds, plan.layerSize, store, mountFrom));
  return {
    image,
    mode,
    wanted: wantedTags(mode, commit),
    annotations: indexAnnotations({ image, description: 'A made-up image', mode, commit, branchDays: 14 }),
    newerCommits: async () => ok(plan.newer ?? []),
    dryRun,
    records,
    platforms: [...locals].map(([platform, local]) => ({
      platform,
      manifest: local.manifest.digest,
      scanFailures: plan.scanFailures?.[platform] ?? [],
      local: async () => ok(local),
    })),
    verify: (index, rows) =>
      plan.verify === 'full'
        ? pullBack(index, [...locals.keys()], open)
        : withClient(open, (client) =>
            verifyPushed(client, index, { image, rows, unread: records, context }),
          ),
    ...(plan.signing && {
      sign: (repository, published) =>
        signPublished(repository, {
          settings: plan.signing as SigningSettings,
          subjects: attestedSubjects(published, plan.sbom),
          context,
          dryRun,
          withOwnClient: (work) => withClient(open, work),
        }),
    }),
  };
}

/** As --verify=full does, without the engine. */
async function pullBack(
  index: Digest,
  platforms: readonly Platform[],
  open: () => OpenRepository,
): Promise<Result<Verified>> {
  const folder = await mkdtemp(join(tmpdir(), 'publish-read-back-'));
  try {
    const to = valueOf(await openStore(folder));
    return await withClient(open, async (client) => {
      for (const platform of platforms) {
        const pulled = await pullImage(client, { index, platform, to });
        if (!pulled.ok) return failWith(pulled.failures);
      }
      return ok({ readBack: { blobs: 0, bytes: 0 }, checkedAgain: platforms });
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function withClient<T>(
  open: () => OpenRepository,
  work: (client: Repository) => Promise<T>,
): Promise<T> {
  const client = open();
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
