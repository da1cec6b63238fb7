import {
  chainOf,
  explainImage,
  ok,
  type Image,
  type ImageExplanation,
  type Platform,
  type Result,
  type Workspace,
} from '@image-tooling/model';
import type { Session } from '../../session';
import { recordedBuild } from './recorded';
import { workspaceImages } from './workspace-images';

/** Explains the last build of an image. Fails as `recordedBuild` does. */
export async function explainRecordedImage(
  session: Session,
  workspace: Workspace,
  image: Image,
  platform: Platform,
): Promise<Result<ImageExplanation>> {
  const built = await recordedBuild(session, image, platform);
  if (!built.ok) return built;
  const images = await workspaceImages(session, workspace, platform);
  const chain = chainOf(image).map(({ name }) => images.find((one) => one.name === name));
  return ok(
    explainImage({
      record: built.value.record,
      chain: chain.flatMap((one) => one ?? []),
      foundation: foundationOf(chainOf(image)[0]),
      images,
    }),
  );
}

function foundationOf({ definition: { from } }: Image): string {
  if ('debian' in from) return `Debian ${from.debian}`;
  return 'registry' in from ? from.registry : from.image;
}
