import {
  chainDigest,
  isForOtherParent,
  ok,
  type Image,
  type Platform,
  type Result,
} from '@image-tooling/model';
import { parseReference } from '@image-tooling/oci';
import { inBaseRepository } from '../build/base/repository';
import type { Session } from '../session';
import type { StaleParent } from './types';

/**
 * Returns what an image is directly based on in a newer form: its parent, locked to other packages since, or the tag of
 * its registry image, with another digest now. Fails as the registry does.
 */
export async function staleParents(session: Session, image: Image): Promise<Result<StaleParent[]>> {
  const { from } = image.definition;
  if ('registry' in from) return movedTag(session, image, from.registry);
  return ok(otherParent(image));
}

function otherParent(image: Image): StaleParent[] {
  const { parent, definition, lock } = image;
  if (!parent) return [];
  const platforms = definition.platforms.filter((platform) => isForOtherParent(image, platform));
  const [first] = platforms;
  if (first === undefined) return [];
  const [from, to] = [lock?.value.platforms[first]?.on, chainDigest(parent, first)];
  return [{ where: 'workspace', name: parent.name, platforms, from: from ?? '', to: to ?? '' }];
}

async function movedTag(
  session: Session,
  { definition }: Image,
  reference: string,
): Promise<Result<StaleParent[]>> {
  const parsed = parseReference(reference);
  if (!parsed.ok) return parsed;
  const { repository, tag, digest } = parsed.value;
  if (tag === undefined || digest === undefined) return ok([]);
  const found = await inBaseRepository(session, { repository }, (opened) => opened.headManifest(tag));
  if (!found.ok) return found;
  const now = found.value?.digest;
  if (now === undefined || now === digest) return ok([]);
  const platforms: readonly Platform[] = definition.platforms;
  const name = reference.slice(0, reference.indexOf('@'));
  return ok([{ where: 'registry', name, platforms, from: digest, to: now }]);
}
