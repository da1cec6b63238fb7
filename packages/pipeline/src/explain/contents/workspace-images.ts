import { mapConcurrent } from '@image-tooling/host';
import { chainOf, type Platform, type Workspace, type WorkspaceImage } from '@image-tooling/model';
import { layersOf } from '../../build/read-plan';
import type { Session } from '../../session';

/** Returns all images of the workspace, with the layers of their last builds. */
export async function workspaceImages(
  session: Session,
  { images }: Workspace,
  platform: Platform,
): Promise<(WorkspaceImage & { readonly below: readonly string[] })[]> {
  return mapConcurrent([...images.values()], async (image) => {
    const built = await layersOf(session, image, platform);
    return {
      name: image.name,
      tools: image.tools.map(({ name }) => name),
      digests: built.ok ? built.value.layers.map(({ digest }) => digest) : [],
      below: chainOf(image)
        .slice(0, -1)
        .map(({ name }) => name),
    };
  });
}
