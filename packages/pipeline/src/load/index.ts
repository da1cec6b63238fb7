import { fail, ok, type Compression, type Platform, type Result } from '@image-tooling/model';
import { exportImage } from '@image-tooling/oci';
import { makeImage, type MadeImage } from '../build/image';
import { checkRecorded } from '../build/recorded';
import type { Session } from '../session';
import { findProject, loadWorkspace } from '../workspace/load';
import type { Loaded } from './loaded';
import { loadInto } from './program';
import type { LoadTarget } from './target';

export type { Loaded } from './loaded';

export interface LoadRequest {
  readonly name: string;
  readonly platform: Platform;
  readonly target: LoadTarget;
  /** Of an OCI folder or archive; default: as the image has it. */
  readonly compression?: Compression;
}

/**
 * Takes a built image out of the store: into docker or podman, or to a folder or file. What the store lacks is
 * made again first, and must be what was built. Fails with `not-reproducible` where it is not, and as exports do.
 */
export async function loadImage(session: Session, request: LoadRequest): Promise<Result<Loaded>> {
  const workspace = await loadWorkspace(session.root, session.options);
  if (!workspace.ok) return workspace;
  const project = findProject(workspace.value, request.name);
  if (!project.ok) return project;
  if (project.value.kind !== 'image') return fail(noImage(request.name));
  const made = await makeImage(session, project.value.image, request.platform);
  if (!made.ok) return made;
  const recorded = await checkRecorded(session, project.value.image, request.platform, made.value, 'load');
  if (!recorded.ok) return recorded;
  return deliver(session, request, made.value);
}

async function deliver(
  session: Session,
  request: LoadRequest,
  { image }: MadeImage,
): Promise<Result<Loaded>> {
  const { store, context } = session;
  const { target, name } = request;
  if ('program' in target) return loadInto(session, target.program, image, `${name}:dev`);
  const { compression } = request;
  const step = context.progress.step(`${name}: write ${target.place.format}:${target.place.path}`);
  const written = await exportImage(image, target.place, {
    store,
    reference: target.place.format === 'docker-archive' ? `${name}:dev` : 'dev',
    signal: context.signal,
    ...(compression && { compression }),
  });
  if (written.ok) step.done({ origin: 'built' });
  else step.failed();
  return written.ok
    ? ok({ ...written.value, reference: `${target.place.format}:${target.place.path}:dev` })
    : written;
}

function noImage(name: string) {
  return {
    code: 'usage',
    message: `"${name}" is a tool; only images can be loaded.`,
    hint: 'Name an image that has the tool.',
  } as const;
}
