import { join } from 'node:path';
import { checkLocks, ok, type Image, type Platform, type Result } from '@image-tooling/model';
import type { Session } from '../session';
import { findProject, loadWorkspaceFor } from '../workspace/load';
import { outputFolder, writeOutput } from '../workspace/outputs';
import { makeImage, type MadeImage } from './image';
import { ensureTool } from './tool';
import { writeToolOutput } from './tool/output';

/** What a build ends with, for its last lines. */
export type Built =
  | { readonly kind: 'tool'; readonly name: string; readonly digest: string; readonly size: number }
  | { readonly kind: 'image'; readonly name: string; readonly made: MadeImage };

/** Builds an image or a tool for one platform and writes its outputs. Fails with every mistake that stands in the way. */
export async function buildProject(
  session: Session,
  name: string,
  platform: Platform,
): Promise<Result<Built>> {
  const workspace = await loadWorkspaceFor(name, session.root, session.options);
  if (!workspace.ok) return workspace;
  const project = findProject(workspace.value, name);
  if (!project.ok) return project;
  if (project.value.kind === 'image') return buildImage(session, project.value.image, platform);
  const { tool } = project.value;
  const file = await ensureTool(session, tool, platform);
  if (!file.ok) return file;
  const written = await writeToolOutput(session, tool, file.value);
  const { digest, size } = file.value.layer;
  return written.ok ? ok({ kind: 'tool', name, digest, size }) : written;
}

async function buildImage(session: Session, image: Image, platform: Platform): Promise<Result<Built>> {
  const locks = checkLocks([image], session.toolSource);
  if (!locks.ok) return locks;
  const made = await makeImage(session, image, platform);
  if (!made.ok) return made;
  const folder = outputFolder(join(session.root, image.folder), platform);
  const layers = await writeOutput(folder, 'layers.json', made.value.inheritance);
  if (!layers.ok) return layers;
  const digests = await writeOutput(folder, 'digest.json', made.value.digests);
  return digests.ok ? ok({ kind: 'image', name: image.name, made: made.value }) : digests;
}
