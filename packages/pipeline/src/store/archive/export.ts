import { destinationName, findDestination, type StandardOutput } from '@image-tooling/host';
import {
  all,
  fail,
  ok,
  type Digest,
  type Failure,
  type Image,
  type Platform,
  type Result,
} from '@image-tooling/model';
import { sendTar } from '@image-tooling/layer';
import { imageOf } from '../../build/recorded';
import type { Session } from '../../session';
import { loadWorkspace } from '../../workspace/load';
import { builtPlatforms, chainDebs, EXPORT, exportedChain, type ExportedImage } from './content';
import { archiveEntries } from './write';

export interface ExportRequest {
  /** Names of images; empty: all that were built. */
  readonly names: readonly string[];
  /** Default: all that an image was built for. */
  readonly platform?: Platform;
  /** Absolute path of the archive; `-` for standard output. */
  readonly file: string;
  /** Default: that of the process. */
  readonly stdout?: StandardOutput;
  /** Whether to include the .debs, to build changes offline later. */
  readonly withSources: boolean;
}

export interface ExportedStore {
  /** The target, for display. */
  readonly file: string;
  readonly references: readonly string[];
  readonly blobs: number;
  /** Bytes of the archive. */
  readonly size: number;
  /** sha256 of the archive, to compare on the other side. */
  readonly digest: Digest;
}

/**
 * Writes images with their ancestors and the records of their layers into one file, so that another machine
 * can build the same commit without network or engine. Builds again what the store lacks. Fails with `usage`,
 * `unknown-reference`, `not-reproducible`, `store-corrupt`, `disk-full`, `io` or `aborted`.
 */
export async function exportStore(session: Session, request: ExportRequest): Promise<Result<ExportedStore>> {
  const to = await findDestination(request.file, request.stdout ?? process.stdout);
  if (!to.ok) return to;
  const wanted = await wantedImages(session, request);
  if (!wanted.ok) return wanted;
  const content = await contentOf(session, wanted.value, request.withSources);
  if (!content.ok) return content;
  const { images, debs } = content.value;
  const entries = await archiveEntries(session.store, images, debs);
  if (!entries.ok) return entries;
  const file = destinationName(to.value);
  const step = session.context.progress.step(`export: write ${file}`);
  const written = await sendTar(entries.value, to.value, session.context.signal);
  if (!written.ok) {
    step.failed();
    return written;
  }
  step.done({ origin: 'built', bytes: written.value.size });
  return ok({
    file,
    references: [...new Set(images.map(({ reference }) => reference))].sort(),
    blobs: entries.value.filter(({ path }) => path.startsWith('blobs/sha256/')).length,
    size: written.value.size,
    digest: written.value.diffId,
  });
}

interface Wanted {
  readonly image: Image;
  readonly platform: Platform;
}

async function wantedImages(session: Session, { names, platform }: ExportRequest): Promise<Result<Wanted[]>> {
  const images = await imagesOf(session, names);
  if (!images.ok) return images;
  const wanted: Wanted[] = [];
  for (const image of images.value) {
    const built = await builtPlatforms(session, image);
    const platforms = built.filter((one) => platform === undefined || one === platform);
    if (platforms.length === 0 && names.length > 0) return fail(notBuilt(image, platform));
    wanted.push(...platforms.map((one) => ({ image, platform: one })));
  }
  return wanted.length > 0 ? ok(wanted) : fail(nothingBuilt());
}

async function imagesOf(session: Session, names: readonly string[]): Promise<Result<Image[]>> {
  if (names.length > 0) return all(await Promise.all(names.map((name) => imageOf(session, name, EXPORT))));
  const workspace = await loadWorkspace(session.root, session.options);
  return workspace.ok ? ok([...workspace.value.images.values()]) : workspace;
}

async function contentOf(
  session: Session,
  wanted: readonly Wanted[],
  withSources: boolean,
): Promise<Result<{ readonly images: ExportedImage[]; readonly debs: Digest[] }>> {
  const images: ExportedImage[] = [];
  const debs: Digest[] = [];
  for (const { image, platform } of wanted) {
    const chain = await exportedChain(session, image, platform);
    if (!chain.ok) return chain;
    images.push(...chain.value);
    const sources = withSources ? await chainDebs(session, image, platform) : ok([]);
    if (!sources.ok) return sources;
    debs.push(...sources.value);
  }
  return ok({ images, debs });
}

function notBuilt({ name }: Image, platform: Platform | undefined): Failure {
  return {
    code: 'unknown-reference',
    message: `"${name}" has not been built${platform === undefined ? '' : ` for ${platform}`} yet.`,
    hint: `Build it first: npx nx run ${name}:${platform === undefined ? 'build' : `build-${platform.slice('linux/'.length)}`}`,
  };
}

function nothingBuilt(): Failure {
  return {
    code: 'unknown-reference',
    message: 'No image of this workspace has been built yet.',
    hint: 'Build first: npx nx run-many -t build',
  };
}
