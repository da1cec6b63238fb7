import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  archOf,
  canonicalJson,
  failWith,
  indexAnnotations,
  ok,
  wantedTags,
  type Commit,
  type Digest,
  type Layer,
  type Platform,
  type Progress,
  type PublishMode,
  type Result,
  type RunContext,
} from '@image-tooling/model';
import {
  manifestJson,
  MEDIA_TYPES,
  openRepository,
  openStore,
  parseRepository,
  pullImage,
  storedBlob,
  type Repository,
  type RequestRecord,
  type Store,
} from '@image-tooling/oci';
import { valueOf } from '@image-tooling/testkit/helpers';
import { NO_PLACES } from '../../src/publish/blob-places';
import { deliver, type Delivered } from '../../src/publish/deliver';
import type { LabelledBlob, LocalPlatform, Publication } from '../../src/publish/publication';

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
  readonly mountFrom?: readonly string[];
  readonly dryRun?: boolean;
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
}

/**
 * Runs the real delivery of a plan, with its read-back by a client of its own; only the engine is left out.
 */
export async function runDelivery(
  plan: PublishPlan,
  signal = new AbortController().signal,
): Promise<Delivery> {
  const store = valueOf(await openStore(plan.store));
  const requests: RequestRecord[] = [];
  const notes: string[] = [];
  const progress = quiet((line) => notes.push(line));
  const context: RunContext = { signal, progress };
  const open = () =>
    openRepository(valueOf(parseRepository(plan.repository)), options(plan, context, requests));
  const repository = open();
  try {
    const publication = await publicationOf(plan, store, open);
    return { result: await deliver(repository, publication, context), requests, notes };
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
  store: Store,
  open: () => Repository & { close(): Promise<void> },
): Promise<Publication> {
  const { image, mode, commit, dryRun = false, mountFrom = [] } = plan;
  const locals = new Map<Platform, LocalPlatform>();
  for (const [platform, seeds] of Object.entries(plan.layers) as [Platform, readonly string[]][])
    locals.set(platform, await platformOf(platform, seeds, plan.layerSize, store, mountFrom));
  return {
    image,
    mode,
    wanted: wantedTags(mode, commit),
    annotations: indexAnnotations({ image, description: 'A made-up image', mode, commit, branchDays: 14 }),
    dryRun,
    places: NO_PLACES,
    platforms: [...locals].map(([platform, local]) => ({
      platform,
      manifest: local.manifest.digest,
      local: async () => ok(local),
    })),
    readBack: (index) => pullBack(index, [...locals.keys()], open),
  };
}

/** Returns an image whose layers are random bytes; they are in the store. */
async function platformOf(
  platform: Platform,
  seeds: readonly string[],
  size: number,
  store: Store,
  mountFrom: readonly string[],
): Promise<LocalPlatform> {
  const layers: Layer[] = [];
  for (const seed of seeds) {
    const { digest } = valueOf(await store.putBlobFromBytes(bytesOf(seed, size)));
    layers.push({ digest, diffId: digest, size, tarSize: size, compression: 'none' });
  }
  const diffIds = layers.map(({ diffId }) => diffId);
  const configBytes = Buffer.from(
    canonicalJson({
      architecture: archOf(platform),
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: diffIds },
    }),
  );
  const config = valueOf(await store.putBlobFromBytes(configBytes));
  const bytes = Buffer.from(
    canonicalJson(manifestJson({ mediaType: MEDIA_TYPES.config, ...config }, layers)),
  );
  const { digest } = valueOf(await store.putBlobFromBytes(bytes));
  const blob = (label: string, of: { digest: Digest; size: number }): LabelledBlob => ({
    label,
    blob: storedBlob(store, of),
    mountFrom,
  });
  return {
    manifest: { mediaType: MEDIA_TYPES.manifest, digest, bytes },
    blobs: [blob('config', config), ...layers.map((layer, at) => blob(`tool ${seeds[at]}`, layer))],
  };
}

/** Incompressible bytes, the same for a seed everywhere. */
export function bytesOf(seed: string, size: number): Buffer {
  return createHash('shake256', { outputLength: size }).update(seed).digest();
}

async function pullBack(
  index: Digest,
  platforms: readonly Platform[],
  open: () => Repository & { close(): Promise<void> },
): Promise<Result<readonly Platform[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'publish-read-back-'));
  const client = open();
  try {
    const to = valueOf(await openStore(folder));
    for (const platform of platforms) {
      const pulled = await pullImage(client, { index, platform, to });
      if (!pulled.ok) return failWith(pulled.failures);
    }
    return ok(platforms);
  } finally {
    await client.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Progress that is not displayed; only its notes are kept. */
export function quiet(note: (line: string) => void = () => undefined): Progress {
  return {
    note,
    step: () => ({
      status: () => undefined,
      output: () => undefined,
      done: () => undefined,
      failed: () => undefined,
    }),
  };
}
