import type { Image, OriginLayer, Platform, Result } from '@image-tooling/model';
import { ok } from '@image-tooling/model';
import { ensureBase } from '../build/base';
import { fetchLockedDebs } from '../build/layers/debs';
import { ensureLayers } from '../build/ensure-layers';
import { makeImage } from '../build/image';
import { readPlan } from '../build/read-plan';
import type { Session } from '../session';
import type { Project } from '../workspace/load';

/** The image or tool that is built twice. */
export interface Subject {
  readonly kind: 'image' | 'tool';
  readonly name: string;
  /** Relative to the workspace. */
  readonly folder: string;
}

export function subjectOf(project: Project): Subject {
  const { kind } = project;
  const { name, folder } = kind === 'image' ? project.image : project.tool;
  return { kind, name, folder };
}

/**
 * Puts the layers that both builds share into the store, with all .debs, so that nothing is fetched under
 * another clock. Fails as building does.
 */
export async function prepared(
  session: Session,
  project: Project,
  platform: Platform,
): Promise<Result<readonly OriginLayer[]>> {
  if (project.kind === 'tool') return ok([]);
  return preparedImage(session, project.image, platform);
}

async function preparedImage(
  session: Session,
  image: Image,
  platform: Platform,
): Promise<Result<readonly OriginLayer[]>> {
  const planned = await readPlan(session, image, platform);
  if (!planned.ok) return planned;
  const { plan, lock } = planned.value;
  const given = [...plan.parent, ...plan.tools];
  const below = await ensureLayers(session, { image, platform, layers: given, need: 'blobs', makeImage });
  if (!below.ok) return below;
  const base = await ensureBase(session, lock, plan.base);
  if (!base.ok) return base;
  const debs = [...(lock.bootstrap ?? []), ...lock.packages];
  const fetched = await fetchLockedDebs(session, { owner: image.name, time: lock.time }, debs);
  return fetched.ok ? ok([...given, ...plan.base]) : fetched;
}
