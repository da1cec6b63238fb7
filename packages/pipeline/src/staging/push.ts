import {
  fail,
  ok,
  staged,
  STAGED_TYPE,
  type Failed,
  type Image,
  type OriginLayer,
  type Result,
} from '@image-tooling/model';
import {
  layerSet,
  mapResults,
  repositoryText,
  storedBlob,
  type PushedHow,
  type RegistryTimings,
  type Repository,
  type RepositoryName,
} from '@image-tooling/oci';
import type { MadeImage } from '../build/image';
import { imagesWith } from '../build/layer-owner';
import { imageOf, type Use } from '../build/recorded';
import { registryTimings } from '../http-timings';
import { repositoryOf } from '../image-repository';
import { blobRecords, type BlobRecords } from '../pushed-blobs/blob-records';
import { openRemote, registryAccess } from '../registry-access';
import type { Session } from '../session';
import { FaultMark } from './fault-mark';

/** Shorter than for a publish: a build can do without. */
const TIMINGS: Partial<RegistryTimings> = {
  connectSeconds: 5,
  readAnswerSeconds: 10,
  writeAnswerSeconds: 60,
  stallSeconds: 15,
  tries: 2,
  timeoutTries: 1,
};

const STAGE: Use = { verb: 'stage', notForTools: 'its layer is staged with the images that have it' };

/** Of one build. The largest layer that we know (TeX, 0.6 GB) takes two minutes at 5 MB/s. */
const LIMIT_SECONDS = 600;

/**
 * Pushes the layers of a built image to the staging repository, if this machine does, and keeps them there with a
 * manifest that expires. Skips layers that neither this machine nor the registry has. Never fails: a fault is noted
 * once, and for the next minutes builds of this machine don't push.
 */
export async function stageImage(
  session: Session,
  name: string,
  { layers }: Pick<MadeImage, 'layers'>,
): Promise<void> {
  const { stagesTo: to, context } = session;
  const mark = to && new FaultMark(session.store, to);
  if (!mark || (await mark.isRecent())) return;
  const pushed = await withinLimit(session, (limited) => stageTo(limited, to, name, layers));
  if (context.signal.aborted) return;
  if (pushed.ok) return mark.clear();
  await mark.set();
  context.progress.note(`${name}: ${faultText(to, pushed)}`);
}

function faultText(to: RepositoryName, { failures }: Failed): string {
  const [{ message }] = failures;
  return `its layers are not in the staging repository ${repositoryText(to)}, and may be built again elsewhere: ${message}`;
}

async function withinLimit(
  session: Session,
  work: (session: Session) => Promise<Result<void>>,
): Promise<Result<void>> {
  const limit = AbortSignal.timeout(LIMIT_SECONDS * 1000);
  const signal = AbortSignal.any([session.context.signal, limit]);
  const done = await work({ ...session, context: { ...session.context, signal } });
  if (done.ok || !limit.aborted) return done;
  return fail({ code: 'timeout', message: `Not pushed within ${LIMIT_SECONDS / 60} minutes.` });
}

async function stageTo(
  session: Session,
  to: RepositoryName,
  name: string,
  layers: readonly OriginLayer[],
): Promise<Result<void>> {
  const image = await imageOf(session, name, STAGE);
  if (!image.ok) return image;
  const timings = { ...TIMINGS, ...registryTimings(session.env) };
  const repository = openRemote(to, registryAccess(session), { timings });
  try {
    return await stage(
      { session, repository, image: image.value, records: blobRecords(session, to) },
      unique(layers),
    );
  } finally {
    await repository.close();
  }
}

interface Staging {
  readonly session: Session;
  readonly repository: Repository;
  readonly image: Image;
  readonly records: BlobRecords;
}

/** Without layers of a registry image, which stay in its own registry. */
function unique(layers: readonly OriginLayer[]): OriginLayer[] {
  const own = layers.filter(({ kind }) => kind !== 'base');
  return [...new Map(own.map((layer) => [layer.digest, layer])).values()];
}

async function stage(staging: Staging, layers: readonly OriginLayer[]): Promise<Result<void>> {
  const { repository, session } = staging;
  const { tag } = setOf(session, layers);
  const there = await repository.headManifest(tag);
  if (!there.ok) return there;
  if (there.value) return ok(undefined);
  const brought = await mapResults(layers, (layer) => bringLayer(staging, layer));
  if (!brought.ok) return brought;
  return keepLayers(
    staging,
    layers.filter((_, at) => brought.value[at] !== 'absent'),
  );
}

/** Manifests are put after their blobs: a registry refuses them otherwise. */
async function keepLayers(
  { repository, session }: Staging,
  layers: readonly OriginLayer[],
): Promise<Result<void>> {
  if (layers.length === 0) return ok(undefined);
  const { tag, manifest, config } = setOf(session, layers);
  const pushed = await repository.pushBlob(config);
  return pushed.ok ? repository.putManifest(manifest, tag) : pushed;
}

function setOf({ options }: Session, layers: readonly OriginLayer[]) {
  const digests = layers.map(({ digest }) => digest);
  const { tag, annotations } = staged(digests, Date.now() / 1000, options.stagingDays);
  return { tag, ...layerSet({ artifactType: STAGED_TYPE, annotations, layers }) };
}

/** How a layer got to the staging repository; absent: neither this machine nor the registry has it. */
type Brought = PushedHow | 'absent';

async function bringLayer(staging: Staging, layer: OriginLayer): Promise<Result<Brought>> {
  const { session, records, repository } = staging;
  const { store, context } = session;
  const isHere = await store.hasBlob(layer.digest);
  const siblings = siblingPaths(staging, layer);
  const beforeSending = async (): Promise<Result<void>> => (isHere ? ok(undefined) : fail(ABSENT));
  const step = isHere ? context.progress.step(`${layer.owner}: stage the ${layer.kind} layer`) : undefined;
  const pushed = await records.push(storedBlob(store, layer), (blob, known) =>
    repository.pushBlob(blob, { mountFrom: [...new Set([...known, ...siblings])], beforeSending }),
  );
  if (pushed.ok) {
    step?.done({ origin: pushed.value.how, bytes: layer.size });
    return ok(pushed.value.how);
  }
  step?.failed();
  return !isHere && pushed.failures[0].code === ABSENT.code ? ok('absent') : pushed;
}

const ABSENT = { code: 'gone', message: 'The layer is not on this machine.' } as const;

/** Returns the repositories of published images that have the layer, in the registry of the staging repository. */
function siblingPaths({ session, image, repository }: Staging, { owner }: OriginLayer): string[] {
  return imagesWith(image, owner).flatMap((name) => {
    const found = repositoryOf(session, name);
    return found.ok && found.value.registry === repository.name.registry ? [found.value.path] : [];
  });
}
