import type { StandardOutput } from '@image-tooling/host';
import { ok, type Compression, type Platform, type Result } from '@image-tooling/model';
import { exportImage, findPlace } from '@image-tooling/oci';
import type { MadeImage } from '../build/image';
import { recordedImage, type Use } from '../build/recorded';
import type { Session } from '../session';
import { loadInto, percentOf, type Loaded } from './program';
import type { LoadTarget } from './target';

export type { Loaded } from './program';

export interface LoadRequest {
  readonly name: string;
  readonly platform: Platform;
  readonly target: LoadTarget;
  /** Of an OCI folder or archive; default: as the image has it. */
  readonly compression?: Compression;
  /** Default: that of the process. */
  readonly stdout?: StandardOutput;
}

const LOAD: Use = { verb: 'load', notForTools: 'only images can be loaded' };

/**
 * Loads a built image from the store into docker or podman, or writes it to a folder or file. Builds again
 * what the store lacks; the digest must be the same. Fails with `not-reproducible` if it differs, and as
 * exports do; an unwritable target is refused first.
 */
export async function loadImage(session: Session, request: LoadRequest): Promise<Result<Loaded>> {
  const place = 'place' in request.target ? await findPlace(request.target.place, request) : ok(undefined);
  if (!place.ok) return place;
  const recorded = await recordedImage(session, request.name, request.platform, LOAD);
  if (!recorded.ok) return recorded;
  return deliver(session, request, recorded.value.made);
}

async function deliver(
  session: Session,
  request: LoadRequest,
  { image }: MadeImage,
): Promise<Result<Loaded>> {
  const { store, context } = session;
  const { target, name } = request;
  if ('program' in target) return loadInto(session, target.program, image, `${name}:dev`);
  const { compression, stdout } = request;
  const step = context.progress.step(`${name}: write ${target.place.format}:${target.place.path}`);
  const written = await exportImage(image, target.place, {
    store,
    reference: target.place.format === 'docker-archive' ? `${name}:dev` : 'dev',
    signal: context.signal,
    onBytes: percentOf(step),
    ...(stdout && { stdout }),
    ...(compression && { compression }),
  });
  if (written.ok) step.done({ origin: 'built' });
  else step.failed();
  return written.ok
    ? ok({ ...written.value, reference: `${target.place.format}:${target.place.path}:dev` })
    : written;
}
