import { join } from 'node:path';
import {
  fail,
  ok,
  type Compression,
  type DigestFile,
  type Image,
  type Platform,
  type Result,
} from '@image-tooling/model';
import { exportImage } from '@image-tooling/oci';
import { makeImage, type MadeImage } from '../build/image';
import type { Session } from '../session';
import { findProject, loadWorkspace } from '../workspace/load';
import { outputFolder, readOutput } from '../workspace/outputs';
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
  const recorded = await checkRecorded(session, project.value.image, request.platform, made.value);
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

/** What is handed out is what the build recorded: its digest.json, which Nx may have restored. */
async function checkRecorded(
  session: Session,
  image: Image,
  platform: Platform,
  made: MadeImage,
): Promise<Result<void>> {
  const folder = outputFolder(join(session.root, image.folder), platform);
  const recorded = await readOutput<DigestFile>(folder, 'digest.json');
  if (!recorded || recorded.manifest === made.digests.manifest) return ok(undefined);
  return fail({
    code: 'not-reproducible',
    message: `"${image.name}" was put together again, and is not what its build recorded.`,
    hint: `Run "npx nx run ${image.name}:build --skip-nx-cache", then load again.`,
    details: [`recorded ${recorded.manifest}`, `now      ${made.digests.manifest}`],
  });
}

function noImage(name: string) {
  return {
    code: 'usage',
    message: `"${name}" is a tool; only images can be loaded.`,
    hint: 'Name an image that has the tool.',
  } as const;
}
