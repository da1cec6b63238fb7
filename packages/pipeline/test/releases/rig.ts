import { startRegistry, type RealRegistry } from '@image-tooling/testkit';
import { ExplainedImages } from '../explained-images';

/** Images that no engine is needed for, with releases, and a registry. */
export interface ReleaseRig {
  readonly images: ExplainedImages;
  readonly registry: RealRegistry;
  remove(): Promise<void>;
}

export async function openReleaseRig(): Promise<ReleaseRig> {
  const registry = await startRegistry();
  const images = await ExplainedImages.make();
  await images.rig.write('.gitignore', 'dist\n');
  const options = { firstVersion: '1.0.0' };
  await images.rig.write('nx.json', { plugins: [{ plugin: '@image-tooling/nx', options }] });
  const remove = async (): Promise<void> => {
    await images.remove();
    await registry.stop();
  };
  return { images, registry, remove };
}
